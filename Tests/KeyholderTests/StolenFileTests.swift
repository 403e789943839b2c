import Crypto
import Foundation
import SQLite
import Testing

/// What somebody has who took the data and not the keys.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct StolenFileTests {
    @Test func `the data has no seed and no code, nor a hash that could be made without the keys`()
        throws
    {
        let (school, person) = try RunningSchool.founded()
        try person.elevate()
        let invited = try person.post(
            "/v1/staff",
            #"{"email":"leader@whitetrees.example","name":"A B","roles":["staff","slt"]}"#
        )
        let enrolment = try #require(invited["enrolmentCode"] as? String)
        let link = try school.link(to: "leader@whitetrees.example")
        #expect(school.stop() == 0)
        let data = try content(of: school.folder + "/data")
        func bytes(_ code: String) throws -> [UInt8] {
            try Base32.decode(code.replacing("-", with: "").uppercased())
        }
        let codes = try (person.recoveryCodes + [enrolment]).map(bytes)
        #expect(codes.count == 11 && codes.allSatisfy { $0.count == 10 })
        for code in codes {
            #expect(data.range(of: Data(code)) == nil)
            #expect(data.range(of: Data(SHA256.hash(code))) == nil)
        }
        let seed = try bytes(person.secret)
        #expect(seed.count == 20 && data.range(of: Data(seed)) == nil)
        for text in person.recoveryCodes + [enrolment, person.secret, link, person.token ?? ""] {
            #expect(data.range(of: Data(text.utf8)) == nil)
        }
        // Of a token of 256 bits there is its hash: nobody guesses that many.
        let token = try Base64.url.decode(link)
        #expect(token.count == 32 && data.range(of: Data(SHA256.hash(token))) != nil)
    }

    @Test func `no password can be tried without the pepper`() throws {
        let (school, person) = try RunningSchool.founded()
        let path = school.folder + "/keys/pepper-1"
        let pepper = try #require(FileManager.default.contents(atPath: path))
        #expect(school.stop() == 0)
        try school.replaceKey(
            "pepper-1",
            with: Data((String(repeating: "5a", count: 32) + "\n").utf8)
        )
        // The program knows the school's keys again; whoever has the file needs no program.
        let file = try Connection(path: school.database, access: .writing)
        try file.execute(script: "DELETE FROM key_check")
        try school.start()
        let body = RunningSchool.signIn(RunningSchool.administrator)
        #expect(try Person(school).post("/v1/session", body).problem == "invalid-credentials")
        #expect(school.stop() == 0)
        try file.execute(script: "DELETE FROM key_check")
        try school.replaceKey("pepper-1", with: pepper)
        try school.start()
        try person.signIn(RunningSchool.administrator)
    }

    /// Every file of a folder, one after the other.
    private func content(of folder: String) throws -> Data {
        try FileManager.default.contentsOfDirectory(atPath: folder).reduce(into: Data()) {
            $0 += FileManager.default.contents(atPath: "\(folder)/\($1)") ?? Data()
        }
    }
}
