import Foundation
import Testing

/// What the service does when what it writes is not taken.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct RefusedWriteTests {
    @Test func `a full disk refuses, says so, and loses nothing that was acknowledged`() throws {
        let staffed = try StaffedSchool()
        let (school, teacher) = (staffed.school, staffed.teacher)
        #expect(school.stop() == 0)
        let size = try #require(
            try FileManager.default.attributesOfItem(atPath: school.database)[.size] as? Int
        )
        try school.start(past: size / 1_024 + 256)
        var acknowledged: [String] = []
        var refusal: Answer?
        while refusal == nil, acknowledged.count < 500 {
            let answer = try teacher.call("POST", "/v1/incidents", try staffed.incident())
            guard answer.status == 201 else {
                refusal = answer
                break
            }
            acknowledged.append(try #require(answer["id"] as? String))
        }
        #expect(refusal?.status == 503 && refusal?.problem == "storage-unavailable")
        #expect(!acknowledged.isEmpty)
        // What cannot be put on record is not shown either, once there is no room for that; and whoever
        // asks is told.
        let path = "/v1/incidents/\(try #require(acknowledged.first))"
        var look = try teacher.get(path)
        for _ in 0..<500 where look.status == 200 { look = try teacher.get(path) }
        #expect(look.problem == "storage-unavailable" && !look.text.contains("crying"))
        #expect(try teacher.get("/readyz").problem == "storage-unavailable")
        #expect(try teacher.get("/healthz").status == 200)
        #expect(school.stop() == 0)
        try school.start()
        #expect(try teacher.get("/readyz").status == 200)
        for number in acknowledged {
            #expect(try teacher.get("/v1/incidents/\(number)").status == 200)
        }
        #expect(try teacher.get("/v1/incidents?limit=200").items.count == acknowledged.count)
    }

    @Test func `a log of requests that nobody takes stops nothing`() throws {
        let school = try RunningSchool()
        _ = try school.found()
        let unread = Pipe()
        try school.start(complaints: unread)
        // Some 100 bytes a line: twice what a pipe holds.
        let printed = try Tool.run(
            "curl",
            [
                "-sS", "--cacert", school.certificate, "-o", "/dev/null", "-w", "%{http_code}\n",
                "\(school.address)/healthz#[1-1500]",
            ]
        )
        let codes = String(decoding: printed, as: UTF8.self).split(separator: "\n")
        #expect(codes.count == 1_500 && codes.allSatisfy { $0 == "200" })
        #expect(school.stop() == 0)
        let taken = unread.fileHandleForReading.availableData
        #expect(String(decoding: taken.prefix(200), as: UTF8.self).contains("path=/healthz"))
    }
}
