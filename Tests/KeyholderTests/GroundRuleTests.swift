import Foundation
import Testing

extension ContractTests {
    /// Hosts, methods and paths: what holds before anybody is asked who they are.
    @Suite struct GroundRules {
        private let school: ContractSchool

        init() throws { school = try ContractTests.school }

        @Test func `only our own names are served, and exactly one of them`() throws {
            let port = try #require(school.running.address.split(separator: ":").last)
            let own = ["school.example", "SCHOOL.example"]
            for host in own + ["127.0.0.1:\(port)", "localhost:\(port)", "[::1]:\(port)"] {
                #expect(
                    try school.send("GET", "/healthz", ["Host: \(host)"]).status == 200,
                    "\(host)"
                )
            }
            for host in [
                "elsewhere.example", "school.example.elsewhere.example", "school.example:1",
                "localhost", "127.0.0.1", "127.0.0.2:\(port)", "localhost:1",
            ] {
                let answer = try school.send("GET", "/healthz", ["Host: \(host)"])
                #expect(answer.status == 421 && answer.problem == "misdirected", "\(host)")
            }
            // curl sends an empty field for a semicolon, and none for a colon.
            for header in ["Host;", "Host:"] {
                let answer = try school.send("GET", "/healthz", [header])
                #expect(answer.status == 400 && answer.problem == "bad-request", "\(header)")
            }
            // curl sends one of two.
            let host = "Host: school.example\r\n"
            let printed = try Tool.run(
                "openssl",
                ["s_client", "-quiet", "-connect", "127.0.0.1:\(port)"],
                input: Data("GET /healthz HTTP/1.1\r\n\(host)\(host)Connection: close\r\n\r\n".utf8)
            )
            let answer = try #require(Answer(printed: printed))
            #expect(answer.status == 400 && answer.problem == "bad-request")
        }

        @Test func `HEAD is GET without its body`() throws {
            let teacher = "Authorization: Bearer \(try #require(school.staffed.teacher.token))"
            let path = "/v1/incidents/\(try school.log())"
            for path in ["/healthz", "/readyz", "/v1/categories", path] {
                let (head, get) = (
                    try school.send("HEAD", path, [teacher]),
                    try school.send("GET", path, [teacher])
                )
                #expect(head.status == 200 && head.text.isEmpty)
                #expect(head.headers["content-length"] == "\(get.text.utf8.count)", "\(path)")
                #expect(Set(head.headers.keys) == Set(get.headers.keys))
            }
        }

        static let known: [(method: String, path: String, allow: String)] = [
            ("OPTIONS", "/healthz", "GET, HEAD"),
            ("TRACE", "/v1/alerts", "GET, HEAD"),
            ("get", "/healthz", "GET, HEAD"),
            ("POST", "/healthz", "GET, HEAD"),
            ("GET", "/v1/session/elevation", "POST, DELETE"),
            ("DELETE", "/v1/password-resets/redeem", "POST"),
            ("POST", "/v1/incidents/48291757", "GET, HEAD"),
            ("GET", "/v1/incidents/48291757/actions", "POST"),
            ("GET", "/v1/incidents/48291757/actions/x", ""),
        ]

        @Test(arguments: known)
        func `another method on a known path is told which there are`(
            _ method: String,
            _ path: String,
            _ allow: String
        ) throws {
            let answer = try school.send(method, path)
            #expect(answer.status == 405 && answer.problem == "method-not-allowed")
            #expect(answer.headers["allow"] == allow)
        }

        @Test(arguments: ["PUT", "PATCH", "DELETE"])
        func `a record is immutable, whoever asks and whether it exists`(_ method: String) throws {
            let existing = try school.log()
            for path in [existing, "48291757", "48291758", "x", "\(existing)/actions/x"] {
                let answer = try school.send(method, "/v1/incidents/\(path)", body: "not JSON")
                #expect(answer.status == 405 && answer.problem == "immutable", "\(path)")
            }
        }

        @Test func `what is no path is not found, and what is no request says its own status`()
            throws
        {
            for path in ["/nothing", "/v1", "/v1/", "//v1/incidents", "/v1/incidents/48291757/"] {
                #expect(try school.send("GET", path).problem == "not-found", "\(path)")
            }
            let long = try school.send(String(repeating: "A", count: 30), "/healthz")
            #expect(long.status == 501 && long.object["status"] as? Int == 501)
            let far = try school.send("GET", "/" + String(repeating: "a", count: 3_000))
            #expect(far.status == 414 && far.object["status"] as? Int == 414)
        }

        @Test func `health needs no session`() throws {
            for path in ["/healthz", "/readyz"] {
                let answer = try school.send("GET", path)
                #expect(answer.status == 200 && answer.text == #"{"status":"ok"}"#)
            }
        }
    }
}
