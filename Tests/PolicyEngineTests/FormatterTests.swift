import Foundation
import PolicyEngine
import Testing

@Suite struct FormatterTests {
    func format(_ text: String) throws -> String {
        try PolicySet.format(Array(text.utf8), name: "test")
    }

    func json(_ text: String) throws -> String {
        String(decoding: try PolicySet(parsing: [(name: "test", text: text)]).json, as: UTF8.self)
    }

    @Test func `a policy is laid out, and its comments stay where they were`() throws {
        let text = """


            // A header.

            // About the first.
            @id("first")   @reason("why") // beside
            permit(principal in Role::"staff",action in[Action::"a",Action::"b"],
              // what
              resource is Doc) when{context.a&&!context.b};
            forbid(principal,action in [Action::"viewIncident",Action::"acknowledgeAlert", Action::"addAction"],resource)
            when { resource.restricted }unless{resource.author==principal||(context.session.elevated&&
            principal in Role::"dsl" && // so far
            !resource.presentRoles.contains(Role::"dsl"))}; // the end
            // Of all.
            """
        #expect(
            try format(text) == """
                // A header.

                // About the first.
                @id("first")
                @reason("why") // beside
                permit (
                    principal in Role::"staff",
                    action in [Action::"a", Action::"b"],
                    // what
                    resource is Doc
                )
                when { context.a && !context.b };

                forbid (
                    principal,
                    action in
                        [Action::"viewIncident",
                         Action::"acknowledgeAlert",
                         Action::"addAction"],
                    resource
                )
                when { resource.restricted }
                unless
                {
                    resource.author == principal ||
                    (context.session.elevated &&
                     principal in Role::"dsl" && // so far
                     !resource.presentRoles.contains(Role::"dsl"))
                }; // the end
                // Of all.

                """
        )
    }

    @Test func `a text that is no policy is not formatted`() throws {
        #expect(throws: PolicyError.self) { try format("permit (principal);") }
        #expect(try format(" // nothing\n\n\n") == "// nothing\n")
        #expect(try format("") == "")
    }

    @Test func `the school's policies keep their meaning, and are formatted once`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: "policies")
            .filter { $0.hasSuffix(".cedar") }
        #expect(!files.isEmpty)
        for file in files {
            let text = try String(contentsOfFile: "policies/\(file)", encoding: .utf8)
            let once = try format(text)
            #expect(try format(once) == once)
            #expect(try json(once) == json(text))
        }
    }

    @Test func `random policies keep their meaning and their comments`() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = RandomSource(seed: seed)
        for _ in 0..<300 {
            var generator = RandomPolicies(schema: RandomSchema(&random))
            var text = ""
            var comments = 0
            // No string of the random policies has one of these signs in it.
            for scalar in generator.text(&random).unicodeScalars {
                text.unicodeScalars.append(scalar)
                guard "(),;[]".unicodeScalars.contains(scalar) else { continue }
                switch random.number(below: 12) {
                case 0:
                    text += " // \(comments)\n"
                    comments += 1
                case 1:
                    text += "\n\n\t// \(comments)\r\n"
                    comments += 1
                case 2: text += "\n\n\n"
                default: break
                }
            }
            let once = try format(text)
            #expect(try format(once) == once, "\(text)")
            #expect(once.split(separator: "//").count == comments + 1, "\(text)")
            #expect(!once.contains(" \n"), "\(text)")
            #expect(try json(once) == json(text))
        }
    }
}
