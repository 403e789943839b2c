import Foundation
import PolicyEngine
import Testing

/// The policies that ship pass strict validation.
@Suite struct SchoolPolicyTests {
    @Test func `the school's policies pass strict validation`() throws {
        func text(_ name: String) throws -> String {
            try String(contentsOfFile: "policies/\(name)", encoding: .utf8)
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: "policies")
            .filter { $0.hasSuffix(".cedar") }.sorted()
        #expect(!files.isEmpty)
        let schema = try Schema(parsing: try text("school.cedarschema"), name: "school.cedarschema")
        let policies = try PolicySet(parsing: files.map { (name: $0, text: try text($0)) })
        let findings = Validator(schema).validate(policies)
        #expect(findings.isEmpty, "\(findings.map(\.excerpt).joined(separator: "\n"))")
    }

    @Test(arguments: [
        "permit (principal is Stranger, action, resource);",
        "permit (principal, action == Action::\"fly\", resource);",
        "permit (principal, action == Action::\"viewIncident\", resource) when { resource.colour };",
        "permit (principal, action == Action::\"viewIncident\", resource is School);",
        "permit (principal, action, resource) when { 1 + \"a\" == 2 };",
    ])
    func `a policy that does not fit the schema is found`(policy: String) throws {
        let schema = try Schema(
            parsing: try String(contentsOfFile: "policies/school.cedarschema", encoding: .utf8),
            name: "school.cedarschema"
        )
        let policies = try PolicySet(parsing: [(name: "test", text: policy)])
        #expect(!Validator(schema).validate(policies).isEmpty)
    }
}
