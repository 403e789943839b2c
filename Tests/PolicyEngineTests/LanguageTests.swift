import PolicyEngine
import Testing

private func long(_ part: String, _ count: Int) -> String {
    String(repeating: part, count: count)
}

@Suite struct LanguageTests {
    static let request = Request(
        principal: EntityUID(type: "User", id: "u"),
        action: EntityUID(type: "Action", id: "a"),
        resource: EntityUID(type: "Doc", id: "d"),
        context: ["text": .string("caf\u{E9}"), "n": .long(3)]
    )

    func response(_ condition: String) throws -> Response {
        let text = "permit (principal, action, resource) when { \(condition) };"
        let policies = try PolicySet(parsing: [(name: "test", text: text)])
        return Authorizer(policies: policies, identifier: "")
            .isAuthorized(Self.request, Entities())
    }

    @Test(arguments: [
        // Canonically equal, and not the same string.
        #"context.text != "cafe\u{301}""#, #"context.text == "caf\u{e9}""#,
        #"context.text like "caf*""#, #""a*b" like "a\*b""#, #"!("ab" like "a")"#,
        // A star is one of its own as `\*` alone.
        #"!("ab" like "a\*")"#, #""ab" like "a\x2a""#, #""ab" like "a\u{2a}""#,
        #"{"\u{e9}": 1, "e\u{301}": 2}["\u{e9}"] == 1"#,
        "1 + 2 * 3 == 7", "-9223372036854775808 < 0", "[1, 2, 1] == [2, 1]",
        "context has n && !(context has m.k)", "if context.n > 2 then true else context.missing",
        "principal is User && !(principal in Group::\"g\")", "[].isEmpty()",
    ])
    func `a condition holds`(condition: String) throws {
        let response = try response(condition)
        #expect(response.decision == .allow, "\(response.errors)")
    }

    @Test(arguments: [
        #"decimal("12.3456") == decimal("12.34560")"#, "9223372036854775807 + 1 == 0",
        "context.missing", "principal.name == \"x\"", "1 < \"a\"", "ip(\"010.0.0.1\").isIpv4()",
        "duration(\"1h1h\").toHours() == 1", "datetime(\"2023-02-29\") < datetime(\"2024-01-01\")",
        "-(-9223372036854775808) == 0", "decimal(\"1.0\", \"2.0\") == 1",
    ])
    func `a condition errs, and the policy does not apply`(condition: String) throws {
        let response = try response(condition)
        #expect(response.decision == .deny)
        #expect(response.errors.map(\.policy) == ["policy0"])
    }

    @Test(arguments: [
        #"ip("127.0.0.1").isLoopback()"#, #"ip("10.1.2.3").isInRange(ip("10.0.0.0/8"))"#,
        #"ip("ff02::1").isMulticast()"#, #"ip("::1") == ip("0:0:0:0:0:0:0:1")"#,
        #"datetime("2024-10-15T11:35:00+0100") == datetime("2024-10-15T10:35:00Z")"#,
        #"datetime("1969-12-31T23:59:59Z").toDate() == datetime("1969-12-31")"#,
        #"datetime("1969-12-31T23:59:59Z").toTime() == duration("23h59m59s")"#,
        #"duration("-1d12h").toHours() == -36"#, #"decimal("-0.5").lessThan(decimal("0.0"))"#,
    ])
    func `an extension's condition holds`(condition: String) throws {
        let response = try response(condition)
        #expect(response.decision == .allow, "\(response.errors)")
    }

    @Test func `an error names file, line, column and what was expected`() throws {
        let error = #expect(throws: PolicyError.self) {
            try PolicySet(parsing: [
                ("staff.cedar", "permit (principal, action, resource)\nwhen true;")
            ])
        }
        #expect(error?.description == "staff.cedar:2:6: expected `{`, found `true`")
        #expect(error?.excerpt.hasSuffix("when true;\n     ^") == true)
    }

    @Test(arguments: [
        "permit (principal, action, resource) when { \(long("(", 3_000_000))",
        "permit (principal, action, resource) when { \(long("1 + ", 10_000)) 1 };",
        "permit (principal, action, resource) when { \"\(long("a", 1_000_000))\" };",
        "permit (principal, action, resource) when { a < b < c };",
        "permit (principal, action, resource) when { 1 == 2 == 3 };",
        "permit (principal, action, resource) when { !!!!!true };",
        "permit (principal, action, resource) when { principal.if };",
        "permit (principal, action, resource) when { {a: 1, \"a\": 2} == 1 };",
        "permit (principal, action, resource) when { lessThan(1, 2) };",
        "permit (principal, action == User::\"a\", resource);",
        "permit (principal, action);",
        "@id(\"a\") permit (principal, action, resource);\n@id(\"a\") forbid (principal, action, resource);",
        "permit (principal, action, resource) when { \"\\q\" == \"\" };",
        "permit (principal, action, resource) when { \"a\\\n b\" == \"\" };",
    ])
    func `a text that is no policy is refused`(text: String) throws {
        #expect(throws: PolicyError.self) { try PolicySet(parsing: [(name: "test", text: text)]) }
    }

    @Test func `a long chain of alternatives is no nesting`() throws {
        let chain = Array(repeating: "context.n == 4", count: 5_000).joined(separator: " || ")
        #expect(try response(chain).decision == .deny)
    }

    @Test func `a template applies once it is linked`() throws {
        let template = "@id(\"t\") permit (principal == ?principal, action, resource in ?resource);"
        let set = try PolicySet(parsing: [(name: "test", text: template)])
        #expect(set.policies.isEmpty)
        #expect(throws: PolicyError.self) { try set.linking(template: "t", as: "l") }
        let linked = try set.linking(
            template: "t",
            as: "l",
            principal: Self.request.principal,
            resource: Self.request.resource
        )
        let response = Authorizer(policies: linked, identifier: "")
            .isAuthorized(Self.request, Entities())
        #expect(response.reasons == ["l"])
    }
}
