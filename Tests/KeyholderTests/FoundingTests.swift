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

    @Test func `a key of another school is refused, and named`() throws {
        let school = try RunningSchool()
        _ = try school.found()
        let folder = school.folder + "/keys"
        let other = Data((String(repeating: "5a", count: 32) + "\n").utf8)
        for name in try Self.manager.contentsOfDirectory(atPath: folder) {
            let path = "\(folder)/\(name)"
            let key = try #require(Self.manager.contents(atPath: path))
            // Beside the keys lies the newest checkpoint.
            guard key.count == other.count else { continue }
            try school.replaceKey(name, with: other)
            let error = #expect(throws: Tool.Failed.self) { try school.command(["setup-link"]) }
            let complaint = "`\(path)` is not a key of this school"
            #expect(error?.description.contains(complaint) == true, "\(name)")
            try school.replaceKey(name, with: key)
        }
        #expect(try school.command(["setup-link"]).contains("#reset="))
    }

    @Test func `whatever is refused at the start ends in order`() throws {
        let school = try RunningSchool()
        _ = try school.found()
        try Self.manager.removeItem(atPath: school.database)
        let script = """
            for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
                "$@" >/dev/null 2>&1; echo $?
            done
            """
        let codes = try Tool.run(
            "bash",
            ["-c", script, "bash", try RunningSchool.program(), "setup-link"] + school.places
        )
        #expect(String(decoding: codes, as: UTF8.self) == String(repeating: "1\n", count: 16))
    }

    @Test func `a link that nobody could read is no success`() throws {
        let school = try RunningSchool()
        _ = try school.found()
        let error = #expect(throws: Tool.Failed.self) {
            try Tool.run(
                "bash",
                ["-c", #""$@" >/dev/full"#, "bash", try RunningSchool.program(), "setup-link"]
                    + school.places
            )
        }
        #expect(error?.description.contains("could not be written") == true)
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
