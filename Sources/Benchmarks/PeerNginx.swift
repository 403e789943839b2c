import Foundation

/// nginx with one worker, answering a fixed text, plain and over TLS.
final class PeerNginx {
    private let master = Process()
    private let ports: [UInt16]
    /// The process that serves; the master only watches it.
    let worker: Int32

    /// Starts it with its files in `folder`.
    init(folder: String, certificate: String, key: String, body: String) throws {
        ports = try [Peer.freePort(), Peer.freePort()]
        let configuration = """
            daemon off;
            worker_processes 1;
            pid \(folder)/nginx.pid;
            error_log \(folder)/error.log crit;
            events { worker_connections 512; }
            http {
                access_log off;
                keepalive_requests 1000;
                client_body_temp_path \(folder)/a;
                proxy_temp_path \(folder)/b;
                fastcgi_temp_path \(folder)/c;
                uwsgi_temp_path \(folder)/d;
                scgi_temp_path \(folder)/e;
                server {
                    listen 127.0.0.1:\(ports[0]);
                    listen 127.0.0.1:\(ports[1]) ssl;
                    ssl_certificate \(certificate);
                    ssl_certificate_key \(key);
                    default_type application/json;
                    location / { return 200 '\(body)'; }
                }
            }
            """
        let path = "\(folder)/nginx.conf"
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: path))
        master.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        master.arguments = ["nginx", "-c", path, "-p", folder, "-e", "\(folder)/error.log"]
        try master.run()
        try Peer.output([
            "curl", "-sS", "--retry", "50", "--retry-connrefused", "--retry-delay", "1", "-o",
            "/dev/null", "http://127.0.0.1:\(ports[0])/",
        ])
        let children = "/proc/\(master.processIdentifier)/task/\(master.processIdentifier)/children"
        let text = try String(contentsOfFile: children, encoding: .utf8)
        guard let first = text.split(separator: " ").first.flatMap({ Int32($0) }) else {
            throw BenchmarkFailure(description: "nginx has no worker")
        }
        worker = first
    }

    func address(isSecure: Bool) -> String {
        isSecure ? "https://127.0.0.1:\(ports[1])/" : "http://127.0.0.1:\(ports[0])/"
    }

    func stop() {
        master.terminate()
        master.waitUntilExit()
    }
}

/// What running another program beside ours takes.
enum Peer {
    /// Runs a program to its end and returns what it printed.
    @discardableResult
    static func output(_ command: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        // Told at once, since some are timed: `waitUntilExit` looks only every 50 ms.
        let end = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in end.signal() }
        try process.run()
        let output = String(
            decoding: pipe.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        end.wait()
        guard process.terminationStatus == 0 else {
            throw BenchmarkFailure(description: "\(command[0]): \(output)")
        }
        return output
    }

    /// User and system time of a process so far (proc_pid_stat(5), fields 14 and 15).
    static func cpuSeconds(_ process: Int32) throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        // The second field is the name in parentheses, which may hold spaces.
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13])
        else { throw BenchmarkFailure(description: "/proc/\(process)/stat: \(text)") }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// What a process keeps in memory (proc(5), `VmRSS:`), or the most it kept (`VmHWM:`).
    static func residentMegabytes(_ process: Int32, _ name: String = "VmRSS:") throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        guard let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
        else { throw BenchmarkFailure(description: "/proc/\(process)/status: \(text)") }
        return kilobytes / 1_024
    }

    /// A port that was free a moment ago.
    static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        if result != 0 { throw BenchmarkFailure(description: "no free port: \(errno)") }
        return UInt16(bigEndian: address.sin_port)
    }
}
