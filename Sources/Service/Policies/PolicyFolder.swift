import Authentication
import Crypto
import Foundation
public import PolicyEngine
import Records

/// A folder of policies, read and checked: what the service puts in force, and what the commands
/// look into without a service.
///
/// It holds `school.cedarschema`, the `.cedar` files, `rules.json`, `invariants/` and `tests/`.
public struct PolicyFolder: Sendable {
    /// What the policies speak about.
    public let schema: Schema
    /// The policies, which pass strict validation; each has an `@id` and a `@reason`.
    public let policies: PolicySet
    /// What the policies must never allow: what ships, and the school's own.
    public let invariants: PolicySet
    /// Hex SHA-256 of every file that was read but the tests.
    public let identifier: String
    /// Names what a proof of the invariants rests on: the hash without the rules.
    let proofIdentifier: String
    let rules: SchoolRules
    private let path: String

    private static let schemaName = "school.cedarschema"
    private static let rulesName = "rules.json"
    private static let invariantsName = "invariants"
    private static let testsName = "tests"
    /// The copy in the folder is for people: what is compiled in counts.
    private static let shippedName = "shipped.cedar"

    /// Reads a policies folder.
    ///
    /// - Throws: `ServiceError.policies`, which names file, line and column and shows the line, or an
    ///   error about the rules. Nothing of the folder is used then.
    public init(reading path: String) throws {
        var reader = Reader(path: path)
        do {
            let schemaName = PolicyFolder.schemaName
            let schemaText = try reader.bytes(schemaName)
            schema = try Schema(parsing: schemaText, name: "\(path)/\(schemaName)")
            policies = try PolicySet(parsing: try reader.files(in: nil, ending: ".cedar"))
            let shipped = PackageResources.shipped_cedar
            reader.digest(PolicyFolder.shippedName, shipped)
            let own = try reader.files(
                in: PolicyFolder.invariantsName,
                ending: ".cedar",
                but: PolicyFolder.shippedName
            )
            let name = "\(PolicyFolder.invariantsName)/\(PolicyFolder.shippedName)"
            invariants = try PolicySet(parsing: [(name: name, bytes: shipped)] + own)
        } catch let error as PolicyError {
            throw ServiceError.policies(error.excerpt)
        }
        guard !policies.policies.isEmpty else {
            throw ServiceError.policies("no policies in `\(path)`")
        }
        let findings = PolicyFolder.findings(in: policies, invariants, schema)
        guard findings.isEmpty else {
            throw ServiceError.policies(findings.map(\.excerpt).joined(separator: "\n"))
        }
        try PolicyFolder.checkLists(by: policies, schema)
        proofIdentifier = reader.identifier
        let hasRules = FileManager.default.fileExists(atPath: "\(path)/\(PolicyFolder.rulesName)")
        var rules =
            hasRules
            ? try SchoolRules(parsing: try reader.bytes(PolicyFolder.rulesName)) : SchoolRules()
        rules.authentication.password.breached = try rules.breachedList.map { file in
            try BreachedList(path: file.hasPrefix("/") ? file : "\(path)/\(file)")
        }
        self.rules = rules
        identifier = reader.identifier
        self.path = path
    }

    /// The words for cases, explanations and the matrix: accounts are active unless told otherwise.
    public var vocabulary: Vocabulary {
        get throws(PolicyError) { try Vocabulary(schema, normally: ["active"]) }
    }

    /// What decides by these policies.
    public var authorizer: Authorizer { Authorizer(policies: policies, identifier: identifier) }

    /// What the school expects of its policies: `tests/*.cases`.
    ///
    /// - Throws: `ServiceError.policies` with file, line and column.
    public func cases() throws -> PolicyCases {
        var reader = Reader(path: path)
        do {
            let files = try reader.files(in: PolicyFolder.testsName, ending: ".cases")
            return try PolicyCases(parsing: files, in: try vocabulary)
        } catch let error as PolicyError {
            throw ServiceError.policies(error.excerpt)
        }
    }

    /// What is found about each invariant, by every combination of what the policies ask.
    ///
    /// - Throws: `ServiceError.policies` when a policy makes the combinations too many.
    public func verdicts() throws -> [Prover.Verdict] {
        do {
            return try Prover(schema).verdicts(on: invariants, in: policies)
        } catch {
            throw ServiceError.policies(error.excerpt)
        }
    }

    /// Proves that no invariant is broken.
    ///
    /// - Throws: `ServiceError.policies` with the combinations that break one.
    public func prove() throws {
        let broken = try verdicts().flatMap(\.counterexamples)
        guard broken.isEmpty else {
            throw ServiceError.policies(broken.map(\.description).joined(separator: "\n"))
        }
    }

    /// Refuses what could be decided for one incident and not for a list of them.
    private static func checkLists(by policies: PolicySet, _ schema: Schema) throws {
        do {
            try Authorizer(policies: policies, identifier: "").checkFilter(
                of: .action("viewIncident"),
                resourceType: "Incident",
                entities: try Entities(schema.actionEntities),
                mapping: RecordStore.rowsToCheck
            )
        } catch {
            throw ServiceError.policies(error.excerpt)
        }
    }

    private static func findings(
        in policies: PolicySet,
        _ invariants: PolicySet,
        _ schema: Schema
    ) -> [Finding] {
        let validator = Validator(schema)
        var findings: [Finding] = []
        for policy in policies.policies + policies.templates {
            for name in ["id", "reason"] where policy.annotation(name) == nil {
                findings.append(Finding(in: policy, "there is no `@\(name)`"))
            }
        }
        findings += validator.validate(policies, mode: .strict)
        findings += validator.validate(invariants, mode: .strict)
        return findings
    }
}

/// Reads the files of a folder and hashes what it reads.
private struct Reader {
    let path: String
    private var digested: [UInt8] = []

    init(path: String) {
        self.path = path
    }

    /// Hex SHA-256 of all that was read up to now.
    var identifier: String { Hex.encode(SHA256.hash(digested)) }

    /// Each file is hashed with its name and length, so that no text moves between files.
    mutating func digest(_ name: String, _ bytes: [UInt8]) {
        digested += Array("\(name)\n\(bytes.count)\n".utf8) + bytes
    }

    mutating func bytes(_ name: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: "\(path)/\(name)") else {
            throw ServiceError.policies("cannot read `\(path)/\(name)`")
        }
        digest(name, [UInt8](data))
        return [UInt8](data)
    }

    /// The files of a kind in the order of their names; none where the folder within is not there.
    mutating func files(
        in folder: String?,
        ending suffix: String,
        but left: String? = nil
    ) throws -> [(name: String, bytes: [UInt8])] {
        let inner = folder.map { "\(path)/\($0)" } ?? path
        if folder != nil && !FileManager.default.fileExists(atPath: inner) { return [] }
        let names = try FileManager.default.contentsOfDirectory(atPath: inner).sorted()
        var files: [(name: String, bytes: [UInt8])] = []
        for name in names where name.hasSuffix(suffix) && name != left {
            let bytes = try bytes(folder.map { "\($0)/\(name)" } ?? name)
            files.append((name: "\(inner)/\(name)", bytes: bytes))
        }
        return files
    }
}
