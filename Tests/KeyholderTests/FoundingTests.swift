import Foundation
import Testing

/// `keyholder init`, where it cannot be finished.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct FoundingTests {
    private static let manager = FileManager.default

    /// Past so many kilobytes no file can grow: that ends it at a key, at the database and at what
    /// is written into it.
    @Test(arguments: [0, 16, 160])
    func `what cannot be finished leaves nothing behind, and the next try finds its way`(
        kilobytes: Int
    ) throws {
        let school = try RunningSchool()
        #expect(throws: Tool.Failed.self) { try found(school, past: kilobytes) }
        #expect(!Self.manager.fileExists(atPath: school.folder + "/keys"))
        #expect(try Self.manager.contentsOfDirectory(atPath: school.folder + "/data") == ["lock"])
        _ = try school.found()
        try school.start()
    }

    @Test func `what was in the folders before is there after it`() throws {
        let school = try RunningSchool()
        let before = ["/keys/README.md", "/keys/.gitignore", "/data/notes.txt"]
        for folder in ["/keys", "/data"] {
            try Self.manager.createDirectory(
                atPath: school.folder + folder,
                withIntermediateDirectories: false
            )
        }
        for path in before {
            try Data(path.utf8).write(to: URL(fileURLWithPath: school.folder + path))
        }
        #expect(throws: Tool.Failed.self) { try found(school, past: 16) }
        for path in before {
            #expect(Self.manager.contents(atPath: school.folder + path) == Data(path.utf8))
        }
        _ = try school.found()
        // A school that is there, and its keys, are not touched by another try.
        let files = try Tool.run("find", [school.folder + "/keys", school.database, "-type", "f"])
        #expect(throws: Tool.Failed.self) { try school.found() }
        #expect(throws: Tool.Failed.self) { try found(school, past: 16) }
        #expect(
            try Tool.run("find", [school.folder + "/keys", school.database, "-type", "f"]) == files
        )
        try school.start()
    }

    @Test func `a school with the longest name can invite people`() throws {
        let school = try RunningSchool()
        let setUp = try school.found(named: String(repeating: "x", count: 184))
        try school.start()
        let person = Person(school)
        try person.redeem(setUp.token)
        try person.signIn(RunningSchool.administrator)
        try person.enrol(setUp.code)
        try person.elevate()
        let address = "teacher@whitetrees.example"
        let answer = try person.post(
            "/v1/staff",
            #"{"email":"\#(address)","name":"A Teacher","roles":["staff"]}"#
        )
        #expect(answer.status == 201)
        #expect(try !school.link(to: address).isEmpty)
        #expect(school.stop() == 0)
    }

    /// Founds the school where no file may become larger.
    private func found(_ school: RunningSchool, past kilobytes: Int) throws {
        let script = """
            trap '' XFSZ
            ulimit -f \(kilobytes)
            exec "$@"
            """
        let words = ["init", "--school", "White Trees", "--admin", RunningSchool.administrator]
        try Tool.run(
            "bash",
            ["-c", script, "bash", try RunningSchool.program()] + words + school.places
        )
    }
}
