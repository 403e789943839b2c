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

    @Test func `a question that nobody takes or answers ends with its time`() throws {
        let folder = try Self.folder(depth: 1)
        defer { Self.remove(folder) }
        // It listens, and nobody serves it: the first ones wait for the answer, the later ones for a
        // place in the queue.
        let socket = try LocalSocket(folder: folder, name: "desk")
        let time = Duration.milliseconds(20)
        for _ in 0..<10 {
            #expect(throws: HTTPServerError.unanswered(time)) {
                try LocalSocket.ask(folder: folder, name: "desk", [1], within: time)
            }
        }
        #expect(HTTPServerError.unanswered(.seconds(60)).description.contains("60.0 seconds"))
        socket.stop()
    }

    @Test func `without descriptors a socket waits and answers later`() async {
        await #expect(processExitsWith: .success) {
            let folder = try LocalSocketTests.folder(depth: 1)
            defer { LocalSocketTests.remove(folder) }
            let held = Guarded<[Int32]>([])
            let waits = Guarded(0)
            let socket = try LocalSocket(folder: folder, name: "desk") {
                let count = waits.with { count in
                    count += 1
                    return count
                }
                // The first try after that finds none either.
                if count == 2 { held.with { $0.forEach { close($0) } } }
            }
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = 256
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            while case let copy = dup(0), copy >= 0 { held.with { $0.append(copy) } }
            let serving = try Background { socket.serve { question, _ in question.reversed() } }
            #expect(TestServer.eventually { waits.with { $0 } == 2 || serving.isDone })
            let answer = try LocalSocket.ask(
                folder: folder,
                name: "desk",
                [1, 2],
                within: .seconds(30)
            )
            #expect(answer == [2, 1])
            socket.stop()
            serving.join()
        }
    }

    @Test func `a socket that waits for descriptors can be stopped`() async {
        await #expect(processExitsWith: .success) {
            let folder = try LocalSocketTests.folder(depth: 1)
            let waits = Guarded(0)
            let socket = try LocalSocket(folder: folder, name: "desk") { waits.with { $0 += 1 } }
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = 256
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            var held: [Int32] = []
            while case let copy = dup(0), copy >= 0 { held.append(copy) }
            let serving = try Background { socket.serve { question, _ in question } }
            #expect(TestServer.eventually { waits.with { $0 } > 0 || serving.isDone })
            socket.stop()
            serving.join()
            for copy in held { close(copy) }
            LocalSocketTests.remove(folder)
        }
    }

    /// A folder whose path is longer than the address of a local socket may be.
    fileprivate static func folder(depth: Int) throws -> String {
        let path =
            FileManager.default.temporaryDirectory.path + "/desk-\(UUID().uuidString)/"
            + [String](repeating: "a-rather-long-name", count: depth).joined(separator: "/")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    fileprivate static func remove(_ folder: String) {
        let parts = folder.components(separatedBy: "/a-rather-long-name")
        // A folder that stays is the machine's to sweep: it is in the temporary folder.
        try? FileManager.default.removeItem(atPath: parts[0])
    }
}
