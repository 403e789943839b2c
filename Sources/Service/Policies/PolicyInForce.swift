import Authentication
import PolicyEngine
import SQLite

/// What decides: the policies of a folder with their schema and the school's rules, as one value.
///
/// It is swapped whole, so that no request decides on half of it.
final class PolicyInForce: Sendable {
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
    /// What the proof of the invariants was of.
    private let proofIdentifier: String

    /// Reads a policies folder and proves its invariants.
    ///
    /// A proof is kept by the hash of what it is of: a set that differs from the one before in its
    /// rules alone is not proved again.
    ///
    /// - Throws: an error that names the file and the place, or the combination that breaks an
    ///   invariant; nothing is in force then.
    static func load(
        folder path: String,
        schoolName: String,
        after earlier: PolicyInForce? = nil
    ) throws -> PolicyInForce {
        let folder = try PolicyFolder(reading: path)
        if folder.proofIdentifier != earlier?.proofIdentifier { try folder.prove() }
        return try PolicyInForce(folder, schoolName: schoolName)
    }

    private init(_ folder: PolicyFolder, schoolName: String) throws {
        let schema = folder.schema
        authorizer = folder.authorizer
        entities = try Entities(schema.actionEntities)
            .prepared(for: authorizer, remembering: MemoryLock())
        var rules = folder.rules
        rules.authentication.schoolName = schoolName
        self.rules = rules
        calendar = try SchoolCalendar(rules: rules)
        roles = schema.enumeratedIDs(of: "Role") ?? []
        schoolActions = schema.actionUIDs.filter { action in
            schema.applicability(of: action)?.resources.contains(School.entity.uid.type) ?? false
        }.map(\.id)
        identifier = folder.identifier
        proofIdentifier = folder.proofIdentifier
    }

    /// Decides as the service does: an erroring `forbid` denies.
    func allows(_ request: Request, _ entities: Entities) -> Bool {
        authorizer.permits(request, entities)
    }
}

/// What the event loops and the writer, who share a memory of decisions, wait for.
struct MemoryLock: Exclusion {
    private let lock = Locked(())

    func alone(_ body: () -> Void) { lock.withLock { _ in body() } }
}
