import Foundation
import Glibc
import HTTPServer
import Testing

@Suite struct LocalSocketTests {
    @Test func `a question is answered to the user who asks, and to nobody afterwards`() throws {
        let folder = try Self.folder(depth: 6)
        defer { Self.remove(folder) }
        #expect(try LocalSocket.ask(folder: folder, name: "desk", [1]) == nil)
        let socket = try LocalSocket(folder: folder, name: "desk")
        let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/desk")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            socket.serve { question, user in question.reversed() + Array("\(user)".utf8) }
            ended.signal()
        }
        for size in [1, 5_000, 16_384] {
            let question = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
            let answer = try LocalSocket.ask(folder: folder, name: "desk", question)
            #expect(answer == question.reversed() + Array("\(geteuid())".utf8))
        }
        // One that is too long is not answered, and the next one is.
        #expect(throws: HTTPServerError.self) {
            try LocalSocket.ask(
                folder: folder,
                name: "desk",
                [UInt8](repeating: 0, count: 100_000)
            )
        }
        #expect(try LocalSocket.ask(folder: folder, name: "desk", [7])?.first == 7)
        socket.stop()
        ended.wait()
        #expect(try LocalSocket.ask(folder: folder, name: "desk", [1]) == nil)
    }

    @Test func `what a killed service left behind is replaced`() throws {
        let folder = try Self.folder(depth: 1)
        defer { Self.remove(folder) }
        try Data([1]).write(to: URL(fileURLWithPath: folder + "/desk"))
        let socket = try LocalSocket(folder: folder, name: "desk")
        #expect(throws: HTTPServerError.self) {
            try LocalSocket(folder: folder + "/absent", name: "desk")
        }
        socket.stop()
    }

    /// A folder whose path is longer than the address of a local socket may be.
    private static func folder(depth: Int) throws -> String {
        let path =
            FileManager.default.temporaryDirectory.path + "/desk-\(UUID().uuidString)/"
            + [String](repeating: "a-rather-long-name", count: depth).joined(separator: "/")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    private static func remove(_ folder: String) {
        let parts = folder.components(separatedBy: "/a-rather-long-name")
        // A folder that stays is the machine's to sweep: it is in the temporary folder.
        try? FileManager.default.removeItem(atPath: parts[0])
    }
}
