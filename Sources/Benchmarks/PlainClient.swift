import Foundation
import SQLite

/// One kept connection over plain HTTP, for what wrk and curl do not measure.
final class PlainClient {
    private let descriptor: Int32
    private let host: String
    private var received: [UInt8] = []

    /// What came back.
    struct Answer {
        let status: Int
        /// Names in lower case.
        let headers: [(name: String, value: String)]
        let body: String

        func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

        /// The mark that the service gave this device.
        var deviceCookie: String? {
            headers.filter { $0.name == "set-cookie" && $0.value.hasPrefix("__Host-device=") }
                .first?.value.split(separator: ";").first.map(String.init)
        }

        /// A member of the body, which is a JSON object.
        func text(_ name: String) throws -> String {
            let object = try JSONSerialization.jsonObject(with: Data(body.utf8))
            guard let text = (object as? [String: Any])?[name] as? String else {
                throw BenchmarkFailure(description: "no `\(name)` in \(body)")
            }
            return text
        }
    }

    /// Connects to `http://127.0.0.1:PORT`.
    init(_ address: String) throws {
        host = String(address.dropFirst("http://".count))
        guard let port = UInt16(host.split(separator: ":").last ?? "") else {
            throw BenchmarkFailure(description: "no port in `\(address)`")
        }
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var peer = sockaddr_in()
        peer.sin_family = sa_family_t(AF_INET)
        peer.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        peer.sin_port = port.bigEndian
        let descriptor = descriptor
        let result = withUnsafePointer(to: &peer) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw BenchmarkFailure(description: "no connection: \(errno)") }
    }

    deinit { close(descriptor) }

    /// Sends a request and waits for its answer.
    func send(
        _ method: String,
        _ path: String,
        body: String? = nil,
        headers: [String] = []
    ) throws -> Answer {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: \(host)"] + headers
        if let body {
            lines += ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"]
        }
        try write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")).utf8))
        let head = try readHead()
        guard let status = head.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { throw BenchmarkFailure(description: "no status line: \(head)") }
        let fields = head.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (line[..<colon].lowercased(), String(value))
        }
        let length = fields.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
        while received.count < length { try receive() }
        let text = String(decoding: received.prefix(length), as: UTF8.self)
        received.removeFirst(length)
        return Answer(status: status, headers: fields, body: text)
    }

    /// Signs in; 201, 401, 429 or 503.
    func signIn(_ email: String, _ password: String, cookie: String? = nil) throws -> Answer {
        try send(
            "POST",
            "/v1/session",
            body: #"{"email":"\#(email)","password":"\#(password)"}"#,
            headers: cookie.map { ["Cookie: \($0)"] } ?? []
        )
    }

    private func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw BenchmarkFailure(description: "cannot send: \(errno)") }
            rest = rest.dropFirst(sent)
        }
    }

    private func readHead() throws -> [String] {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let range = received.firstRange(of: end) {
                let head = String(decoding: received[..<range.lowerBound], as: UTF8.self)
                received.removeSubrange(..<range.upperBound)
                return head.split(separator: "\r\n").map(String.init)
            }
            try receive()
        }
    }

    private func receive() throws {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw BenchmarkFailure(description: "the peer hung up") }
        received += buffer.prefix(count)
    }
}

/// Pieces of work on threads of their own, all at once.
enum Crowd {
    /// Runs `body` for each number on a thread of its own; the results in order.
    static func run<R: Sendable>(
        _ count: Int,
        _ body: @escaping @Sendable (Int) throws -> R
    ) throws -> [R] {
        let promises = (0..<count).map { number in
            let promise = Promise<Result<R, any Error>>()
            startThread { promise.fulfil(Result { try body(number) }) }
            return promise
        }
        return try promises.map { try $0.wait().get() }
    }
}
