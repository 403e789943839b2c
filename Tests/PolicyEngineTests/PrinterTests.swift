import Foundation
import PolicyEngine
import Testing

@Suite struct PrinterTests {
    /// The text of a policy's printed form, and of what that reads back to.
    func roundTrip(_ text: String) throws -> (once: String, twice: String) {
        let once = try PolicySet(parsing: [(name: "test", text: text)]).description
        let twice = try PolicySet(parsing: [(name: "printed", text: once)]).description
        return (once, twice)
    }

    @Test(arguments: [
        "-(-1)", "-(1)", "--context.n", "!(!true)", "!!true", "(-1).toDays()", "1 - (2 - 3)",
        "(1 + 2) * 3", "(true || false) && true", "true || false && true", "!(true && false)",
        "(if true then 1 else 2) + 3", "if true then true else if false then true else false",
        "principal has a.b.c", "principal has \"a b\"", "principal[\"a b\"].c",
        "{\"if\": 1, b: [1, {}]} == {}", "\"\\u{301}\\n\\\"\" like \"*\\*\\u{301}\"",
        "principal is A::B in A::B::\"x\"", "(true == false) == true", "true || (false || true)",
        "ip(\"::1\").isInRange(ip(\"::/0\"))", "principal.getTag(\"a\") && principal.hasTag(\"b\")",
        "[].isEmpty()", "((1 < 2) == true) && !(1 in [1])",
    ])
    func `a printed condition reads back to the same`(condition: String) throws {
        let text = "permit (principal, action, resource) when { \(condition) };"
        let (once, twice) = try roundTrip(text)
        #expect(once == twice)
        let decisions = try [text, once].map { text in
            let set = try PolicySet(parsing: [(name: "test", text: text)])
            let response = Authorizer(policies: set, identifier: "").isAuthorized(
                Request(
                    principal: EntityUID(type: "A::B", id: "x"),
                    action: EntityUID(type: "Action", id: "a"),
                    resource: EntityUID(type: "R", id: "r"),
                    context: ["n": .long(1)]
                ),
                Entities()
            )
            return "\(response.decision) \(response.errors)"
        }
        #expect(decisions[0] == decisions[1])
    }

    @Test(arguments: [
        "@id(\"a\") @note permit (principal == ?principal, action in [], resource in ?resource);",
        "forbid (principal is A in ?principal, action in Action::\"x\", resource is N::B);",
        "permit (principal == A::\"\\0\\\\\", action == N::Action::\"é\", resource) unless { false };",
    ])
    func `a printed head reads back to the same`(text: String) throws {
        let (once, twice) = try roundTrip(text)
        #expect(once == twice)
    }

    /// Damaged texts are refused or read, and never end the process.
    @Test func `damaged texts are errors and no crashes`() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var state = seed
        func number(below limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(limit))
        }
        let names = ["staff.cedar", "guards.cedar", "school.cedarschema"]
        let texts = try names.map { try Array(Data(contentsOf: URL(filePath: "policies/\($0)"))) }
        let marks = Array("(){}[]\"\\@.,;:<>=!&|*-+?'0aé\n".utf8) + [0xFF, 0xC3, 0x00]
        var refused = 0
        for _ in 0..<1_500 {
            var bytes = texts[number(below: texts.count)]
            let isSchema = bytes == texts[2]
            for _ in 0...number(below: 4) {
                let place = number(below: bytes.count)
                switch number(below: 3) {
                case 0: bytes.remove(at: place)
                case 1: bytes[place] = marks[number(below: marks.count)]
                default: bytes.removeSubrange(place..<min(place + 20, bytes.count))
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            do throws(PolicyError) {
                if isSchema {
                    _ = try Schema(parsing: text, name: "damaged")
                } else {
                    _ = try PolicySet(parsing: [(name: "damaged", text: text)])
                }
            } catch {
                refused += 1
            }
        }
        #expect(refused > 0)
    }
}
