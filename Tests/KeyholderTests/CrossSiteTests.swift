import Foundation
import Testing

extension ContractTests {
    /// What rides on a cookie comes from our own page, or not at all.
    @Suite struct CrossSite {
        private let school: ContractSchool
        private let json = "Content-Type: application/json"

        init() throws { school = try ContractTests.school }

        /// What a browser may say of where a request comes from, and whether that is our own page.
        static let origins: [(headers: [String], isOurs: Bool)] = [
            (["Sec-Fetch-Site: same-origin"], true),
            (["Origin: https://school.example"], true),
            (["Sec-Fetch-Site: same-origin", "Origin: https://school.example"], true),
            (["Sec-Fetch-Site: same-site"], false),
            (["Sec-Fetch-Site: cross-site"], false),
            (["Sec-Fetch-Site: none"], false),
            (["Origin: https://elsewhere.example"], false),
            (["Origin: http://school.example"], false),
            (["Origin: null"], false),
            (["Sec-Fetch-Site: same-origin", "Origin: https://elsewhere.example"], false),
            (["Sec-Fetch-Site: cross-site", "Origin: https://school.example"], false),
        ]

        private func cookie() throws -> String {
            let answer = try school.send(
                "POST",
                "/v1/session",
                [json, "Sec-Fetch-Site: same-origin"],
                body: RunningSchool.signIn("teacher@whitetrees.example", RunningSchool.password)
            )
            #expect(answer.status == 201, "\(answer.text)")
            #expect(answer["token"] == nil, "a browser never sees its token")
            let lines = answer.cookies.filter { $0.hasPrefix("__Host-session=") }
            let parts = try #require(lines.first).split(separator: "; ").map(String.init)
            #expect(Set(parts.dropFirst()) == ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"])
            return "Cookie: \(parts[0])"
        }

        @Test func `with the cookie, only our own page changes anything`() throws {
            let cookie = try cookie()
            let query = #"{"query":"lucy"}"#
            func search(_ headers: [String]) throws -> Answer {
                try school.send("POST", "/v1/pupils/search", [cookie] + headers, body: query)
            }
            for (headers, isOurs) in CrossSite.origins {
                let answer = try search([json] + headers)
                #expect(answer.problem == (isOurs ? "" : "cross-site"), "\(headers)")
                #expect(answer.status == (isOurs ? 200 : 403), "\(headers)")
            }
            #expect(try search([json]).problem == "cross-site")
            let own = "Sec-Fetch-Site: same-origin"
            for type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
                #expect(try search([own, "Content-Type: \(type)"]).problem == "cross-site")
            }
            #expect(try search([own]).problem == "cross-site")
            #expect(try search([own, "\(json); charset=utf-8"]).status == 200)
            // A look changes nothing: it may come from a link, and its answer cannot be read there.
            let look = try school.send(
                "GET",
                "/v1/session",
                [cookie, "Sec-Fetch-Site: cross-site"]
            )
            #expect(look.status == 200 && look.headers["access-control-allow-origin"] == nil)
            #expect(try school.send("DELETE", "/v1/session", [cookie]).problem == "cross-site")
            #expect(
                try school.send("DELETE", "/v1/session", [cookie, own]).problem == "cross-site"
            )
            let out = try school.send("DELETE", "/v1/session", [cookie, own, json])
            #expect(out.status == 204 && out.text.isEmpty)
            #expect(
                out.cookies.contains {
                    $0.hasPrefix("__Host-session=; ") && $0.contains("Max-Age=0")
                }
            )
            #expect(out.headers["clear-site-data"]?.contains(#""storage""#) == true)
            #expect(try school.send("GET", "/v1/session", [cookie]).problem == "session-expired")
        }

        @Test func `nobody is signed in from another site`() throws {
            // What is refused is refused before the password is looked at.
            let body = "{}"
            for (headers, isOurs) in CrossSite.origins + [([], true)] {
                let answer = try school.send("POST", "/v1/session", [json] + headers, body: body)
                #expect(answer.problem == (isOurs ? "validation" : "cross-site"), "\(headers)")
            }
            for headers in [["Content-Type: text/plain"], []] {
                let answer = try school.send("POST", "/v1/session", headers, body: body)
                #expect(answer.status == 403 && answer.problem == "cross-site")
            }
        }

        @Test func `a bearer token needs no origin, and none beside a cookie`() throws {
            let cookie = try cookie()
            let bearer = "Authorization: Bearer \(try #require(school.staffed.teacher.token))"
            let query = #"{"query":"lucy"}"#
            let path = "/v1/pupils/search"
            let other = "Origin: https://elsewhere.example"
            #expect(
                try school.send("POST", path, [bearer, json, other], body: query).status == 200
            )
            let type = try school.send("POST", path, [bearer], body: query)
            #expect(type.status == 415 && type.problem == "unsupported-media-type")
            for headers in [[bearer, cookie], [cookie, cookie], [bearer, bearer]] {
                let answer = try school.send("GET", "/v1/session", headers)
                #expect(answer.status == 400 && answer.problem == "bad-request", "\(answer.text)")
            }
            let twice = cookie + "; " + cookie.dropFirst("Cookie: ".count)
            #expect(try school.send("GET", "/v1/session", [twice]).status == 400)
            for nobody in ["Cookie: theme=dark", "Authorization: Bearer nonsense"] {
                let answer = try school.send("GET", "/v1/session", [nobody])
                #expect(answer.problem == "not-authenticated")
                #expect(answer.headers["www-authenticate"] == "Bearer")
            }
        }
    }
}
