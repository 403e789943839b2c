import Authentication
import Crypto
import Foundation
import PolicyEngine
import SQLite

/// What decides: the policies of a folder with their schema and the school's rules, as one value.
///
/// It is swapped whole, so that no request decides on half of it.
struct PolicyInForce: Sendable {
    let authorizer: Authorizer
    /// The hierarchy of actions.
    let entities: Entities
    let rules: SchoolRules
    let calendar: SchoolCalendar
    /// Every role there is, as the schema has them.
    let roles: [String]
    /// The actions on the school as a whole, as the schema has them.
    let schoolActions: [String]
    /// Hex SHA-256 of every file that was read.
    let identifier: String

    /// Reads a policies folder.
    ///
    /// - Throws: an error that names the file and the place; nothing is in force then.
    static func load(folder: String, schoolName: String) throws -> PolicyInForce {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        var all: [UInt8] = []
        func read(_ name: String) throws -> [UInt8] {
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
                throw ServiceError.policies("cannot read `\(folder)/\(name)`")
            }
            // Each file is hashed with its name and length, so that no text moves between files.
            all += Array("\(name)\n\(data.count)\n".utf8) + [UInt8](data)
            return [UInt8](data)
        }
        let schemaName = "school.cedarschema"
        let schema = try Schema(
            parsing: try text(of: try read(schemaName), named: schemaName),
            name: schemaName
        )
        let sources = try names.filter { $0.hasSuffix(".cedar") }.map { name in
            (name: name, text: try text(of: try read(name), named: name))
        }
        guard !sources.isEmpty else { throw ServiceError.policies("no policies in `\(folder)`") }
        let policies = try PolicySet(parsing: sources)
        for policy in policies.policies where policy.reason == nil {
            throw ServiceError.policies("policy `\(policy.id)` has no @reason")
        }
        let findings = Validator(schema).validate(policies, mode: .strict)
        if let first = findings.first {
            throw ServiceError.policies(first.excerpt)
        }
        let rulesName = "rules.json"
        var rules =
            names.contains(rulesName)
            ? try SchoolRules(parsing: try read(rulesName)) : SchoolRules()
        rules.authentication.schoolName = schoolName
        rules.authentication.password.breached = try rules.breachedList.map { path in
            try BreachedList(path: path.hasPrefix("/") ? path : "\(folder)/\(path)")
        }
        let identifier = Hex.encode(SHA256.hash(all))
        let authorizer = Authorizer(policies: policies, identifier: identifier)
        return PolicyInForce(
            authorizer: authorizer,
            entities: try Entities(schema.actionEntities).prepared(for: authorizer),
            rules: rules,
            calendar: try SchoolCalendar(rules: rules),
            roles: schema.enumeratedIDs(of: "Role") ?? [],
            schoolActions: schema.actionUIDs.filter { action in
                schema.applicability(of: action)?.resources.contains(School.entity.uid.type)
                    ?? false
            }.map(\.id),
            identifier: identifier
        )
    }

    /// Decides as the service does: an erroring `forbid` denies.
    func allows(_ request: Request, _ entities: Entities) -> Bool {
        authorizer.permits(request, entities)
    }

    private static func text(of bytes: [UInt8], named name: String) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ServiceError.policies("`\(name)` is not UTF-8")
        }
        return text
    }
}

/// Why the service cannot start or a command cannot be done.
public enum ServiceError: Error, CustomStringConvertible {
    /// The policies folder does not do.
    case policies(String)
    /// The data or keys folder does not do.
    case folder(String)
    /// Another process holds the data folder.
    case held(String)
    /// A setting does not do.
    case setting(String)
    /// What was asked for on the machine is refused.
    case operation(String)

    /// What is wrong, in one line.
    public var description: String {
        switch self {
        case .policies(let message), .folder(let message), .held(let message),
            .setting(let message),
            .operation(let message):
            message
        }
    }
}
