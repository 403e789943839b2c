import Authentication
import AuditTrail
import Crypto
import Glibc
import Mail
import PolicyEngine
import Records
public import SQLite

/// Making a school: its keys, its database, its first administrator.
public enum SchoolFounding {
    /// What the first administrator needs: shown once.
    public struct SetUp: Sendable {
        /// The link that sets the first password, 7 days.
        public let link: String
        /// The code that ties the first authenticator to the person, 7 days.
        public let enrolmentCode: String
    }

    /// Makes the keys and the database of a new school.
    ///
    /// - Throws: `ServiceError.setting` when the name does not do, `.folder` when anything is there
    ///   already; nothing is changed then. What was made before something else went wrong (a full
    ///   disk) is removed again.
    public static func found(
        name: String,
        administrator email: String,
        paths: SchoolPaths,
        settings: MachineSettings,
        clock: WallClock = .system
    ) throws -> SetUp {
        if let fault = fault(of: name) {
            throw ServiceError.setting("a school's name \(fault)")
        }
        let policy = try PolicyInForce.load(folder: paths.policies, schoolName: name)
        let account = try firstAccount(email, policy)
        let folder = try DataFolder(path: paths.data)
        defer { folder.release() }
        guard folder.isEmpty else {
            throw ServiceError.folder(
                "there is a school in `\(paths.data)` already, or what an interrupted `init` has left"
            )
        }
        let keys = try KeyRing.create(in: paths.keys)
        do {
            return try fill(
                folder,
                name: name,
                with: account,
                keyRing: try KeyRing(folder: paths.keys),
                paths: paths,
                policy: policy,
                settings: settings,
                now: clock.now()
            )
        } catch {
            // Only what this call has made: both folders were without a school when it began.
            let isGone = (folder.removeDatabase(), keys.remove())
            guard isGone == (true, true) else {
                throw ServiceError.folder(
                    "\(error); the new files in `\(paths.data)` and `\(paths.keys)` are to be removed"
                )
            }
            throw error
        }
    }

    /// What is wrong with a school's name; `nil` when nothing is.
    ///
    /// It is one plain line that fits the subject of an invitation: with any other nobody could be
    /// invited, and a name is for good.
    private static func fault(of name: String) -> String? {
        let limit = Message.longestSubject - Exchange.invitationSubject(at: "").utf8.count
        if name.utf8.count > limit { return "must have \(limit) bytes of UTF-8 at the most" }
        return FieldRules.line(name, limit, mayBeEmpty: false)
    }

    /// Makes the database and what is in it from the first day.
    private static func fill(
        _ folder: DataFolder,
        name: String,
        with account: NewAccount,
        keyRing: KeyRing,
        paths: SchoolPaths,
        policy: PolicyInForce,
        settings: MachineSettings,
        now: Timestamp
    ) throws -> SetUp {
        let deed = DataFolder.Deed(
            name: name,
            origin: LogOrigin(firstOf: "keyholder.\(settings.publicURL.host)"),
            keys: try SealingKeys.generate(tables: DataFolder.sealedTables, keyRing: keyRing)
        )
        let connection = try folder.create(now: now)
        let sealing = try SealingKeys(unwrapping: deed.keys, keyRing: keyRing)
        let identity = try IdentityStore(keyRing: keyRing, sealing: sealing)
        let records = try RecordStore(
            pupils: sealing.sealer(for: "pupil"),
            incidentKeys: sealing.sealer(for: "incident_key"),
            numbers: NumberPermutation(key: keyRing.numbers)
        )
        // All or nothing: half a school could be neither opened nor founded.
        return try connection.savepoint {
            try DataFolder.enter(deed, now: now, on: connection)
            try DataFolder.check(keyRing, in: paths.keys, on: connection)
            try records.seedLists(on: connection)
            let member = try identity.accounts.create(account, now: now, on: connection)
            var log = try AccessLog(
                loading: connection,
                commitments: Commitments(keyRing.commitment)
            )
            try log.append(
                .operating(
                    "foundSchool",
                    on: member.entity.uid,
                    policySet: policy.identifier,
                    uid: getuid(),
                    at: now
                ),
                on: connection
            )
            return try setUp(member, identity, policy, settings, now: now, on: connection)
        }
    }

    /// New set-up link and code, while nobody has redeemed the first.
    ///
    /// - Throws: `ServiceError.folder` once somebody has.
    public static func renewSetUp(
        paths: SchoolPaths,
        settings: MachineSettings,
        clock: WallClock = .system
    ) throws -> SetUp {
        let school = try School(
            folder: try DataFolder(path: paths.data),
            paths: paths,
            settings: settings,
            clock: clock
        )
        defer { school.close() }
        let (identity, policy, now) = (school.identity, school.policy, clock.now())
        return try school.ledger.perform { connection, state in
            guard try identity.accounts.isUntouched(on: connection),
                let member = try identity.accounts.all(on: connection).first
            else { throw ServiceError.folder("somebody has set their password already") }
            try state.log.append(
                .operating(
                    "renewSetUp",
                    on: member.entity.uid,
                    policySet: policy.identifier,
                    uid: getuid(),
                    at: now
                ),
                on: connection
            )
            return try setUp(member, identity, policy, settings, now: now, on: connection)
        }
    }

    private static func setUp(
        _ member: StaffMember,
        _ identity: IdentityStore,
        _ policy: PolicyInForce,
        _ settings: MachineSettings,
        now: Timestamp,
        on connection: Connection
    ) throws -> SetUp {
        let occasion = Occasion(rules: policy.rules.authentication, now: now, db: connection)
        let token = try identity.tokens.issue(for: member.id, kind: .invite, at: occasion)
        guard let token else { throw ServiceError.folder("the account cannot be set up") }
        let code = try identity.authenticators.issueEnrolmentCode(
            for: member.id,
            now: now,
            on: connection
        )
        return SetUp(link: "\(settings.publicURL)/#reset=\(token.text)", enrolmentCode: code)
    }

    /// The first administrator, with the roles that the API gives them.
    private static func firstAccount(_ email: String, _ policy: PolicyInForce) throws -> NewAccount
    {
        do {
            return try NewAccount(
                email: email,
                name: "First administrator",
                roles: ["administrator", "staff"].filter(policy.roles.contains)
            )
        } catch {
            guard case .invalid(let faults) = error else { throw error }
            let found = faults.map { "\($0.field) \($0.message)" }.joined(separator: ", ")
            throw ServiceError.setting("the first administrator's \(found)")
        }
    }
}
