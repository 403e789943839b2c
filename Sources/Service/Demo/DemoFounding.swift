import AuditTrail
import Authentication
import Crypto
import PolicyEngine
import Records
public import SQLite

/// Makes a made-up school with two years of history, for looking around.
public enum DemoFounding {
    /// Who can sign in, and with what.
    public struct SignIn: Sendable {
        /// The full name.
        public let name: String
        /// The user name.
        public let email: String
        /// Made for this run alone.
        public let password: String
        /// What they do.
        public let jobTitle: String
        /// The authenticator's secret in base 32; `nil` for those who have none.
        public let secret: String?
    }

    /// Fills new folders with a school.
    ///
    /// - Throws: what `SchoolFounding.found` throws.
    public static func found(
        paths: SchoolPaths,
        settings: MachineSettings,
        now: Timestamp = .systemNow()
    ) throws -> [SignIn] {
        let start = now - .seconds(2 * 366 * 86_400)
        _ = try SchoolFounding.found(
            name: "Oakfield Primary School",
            administrator: "setup@whitetrees.example",
            paths: paths,
            settings: settings,
            clock: WallClock { start }
        )
        let school = try School(
            folder: try DataFolder(path: paths.data),
            paths: paths,
            settings: settings
        )
        defer { school.close() }
        let content = DemoSchool(now: now, seed: 20_261_123)
        // Slow work first, off the writer: a decoy password for those who never sign in here.
        let people = content.staff.map(DemoPerson.init)
        return try school.ledger.perform { connection, state in
            var filling = DemoFilling(
                school: school,
                content: content,
                connection: connection,
                log: state.log
            )
            let signIns = try filling.fill(people, joinedAt: start, now: now)
            state.log = filling.log
            return signIns
        }
    }
}

/// A person of the made-up school before there is an account.
struct DemoPerson: Sendable {
    let staff: DemoStaff
    let password: String

    init(_ staff: DemoStaff) {
        self.staff = staff
        // Three words, a number and a mark: long enough for a leader, easy enough to type.
        let words = [
            "Lantern", "Meadow", "Copper", "Willow", "Harbour", "Saffron", "Thistle", "Amber",
        ]
        let chosen = words.shuffled().prefix(2).joined(separator: "-")
        password = "\(chosen)-\(Int.random(in: 100...999))!"
    }
}

/// Writes the made-up school through the same gate and stores as the service.
struct DemoFilling {
    let school: School
    let content: DemoSchool
    let connection: Connection
    var log: AccessLog
    private var ids: [Int: Identifier] = [:]
    private var pupils: [Int: Identifier] = [:]
    private var members: [Int: StaffMember] = [:]

    init(school: School, content: DemoSchool, connection: Connection, log: AccessLog) {
        self.school = school
        self.content = content
        self.connection = connection
        self.log = log
    }

    /// Everything, in one transaction.
    mutating func fill(
        _ people: [DemoPerson],
        joinedAt start: Timestamp,
        now: Timestamp
    ) throws -> [DemoFounding.SignIn] {
        let signIns = try addStaff(people, at: start)
        try addPupils(at: start)
        let lists = try (
            school.records.categories(on: connection), school.records.agencies(on: connection)
        )
        for incident in content.incidents.sorted(by: { $0.recordedAt < $1.recordedAt }) {
            try add(incident, categories: lists.0, agencies: lists.1)
        }
        return signIns
    }

    // MARK: - People

    /// The five whom the table shows get an authenticator where the policy lets them.
    private mutating func addStaff(
        _ people: [DemoPerson],
        at start: Timestamp
    ) throws -> [DemoFounding.SignIn] {
        var shown: Set<[String]> = []
        var signIns: [DemoFounding.SignIn] = []
        let decoy = try hash("\(Hex.encode(Random.bytes(16)))-Aa1!", nil, elevatable: true)
        for person in people {
            let new = try NewAccount(
                email: person.staff.email,
                name: person.staff.name,
                jobTitle: person.staff.jobTitle,
                roles: person.staff.roles
            )
            let member = try school.identity.accounts.create(new, now: start, on: connection)
            ids[person.staff.key] = member.id
            let canSignIn =
                shown.insert(member.roles).inserted && !member.roles.contains("governor")
            let password =
                canSignIn ? try hash(person.password, member, elevatable: true) : decoy
            try activate(member, password, at: start)
            members[person.staff.key] = try school.identity.accounts.find(
                member.id,
                on: connection
            )
            try record("createStaff", "Staff", member.id.description, by: nil, at: start)
            guard canSignIn else { continue }
            signIns.append(
                DemoFounding.SignIn(
                    name: member.name,
                    email: member.email.text,
                    password: person.password,
                    jobTitle: member.jobTitle,
                    secret: try enrol(member, person.password, at: start)
                )
            )
        }
        return signIns
    }

    private func hash(
        _ password: String,
        _ member: StaffMember?,
        elevatable: Bool
    ) throws -> NewPassword {
        let holder = try member.map { try school.identity.accounts.holder($0.id, on: connection) }
        return try school.identity.hasher.prepare(
            try Password(password),
            for: try holder ?? anyHolder(),
            elevatable: elevatable,
            rules: school.policy.rules.authentication
        )
    }

    /// Whose rules a password is checked by that nobody will type.
    private func anyHolder() throws -> PasswordHolder {
        guard let first = try school.identity.accounts.all(on: connection).first else {
            throw ServiceError.folder("a founded school has an administrator")
        }
        return try school.identity.accounts.holder(first.id, on: connection)
    }

    private func activate(
        _ member: StaffMember,
        _ password: NewPassword,
        at start: Timestamp
    ) throws {
        let rules = school.policy.rules.authentication
        let token = try school.identity.tokens.issue(
            for: member.id,
            kind: .invite,
            rules: rules,
            now: start,
            on: connection
        )
        guard let token else { throw ServiceError.folder("a new account has a link") }
        _ = try school.identity.tokens.redeem(
            token.text,
            setting: password,
            rules: rules,
            now: start,
            on: connection
        )
    }

    /// Enrols an authenticator the way a person does, long ago: its present code is still unused.
    private func enrol(
        _ member: StaffMember,
        _ password: String,
        at start: Timestamp
    ) throws -> String? {
        let identity = school.identity
        let rules = school.policy.rules.authentication
        guard let active = try identity.accounts.find(member.id, on: connection),
            try isAllowed("enrolAuthenticator", on: School.entity, by: active, elevated: false)
        else { return nil }
        let client = Client(address: "127.0.0.1", userAgent: "")
        func prove() throws -> PasswordProof {
            let challenge = try identity.checks.begin(
                email: member.email.text,
                client: client,
                rules: rules,
                now: start,
                on: connection
            )
            guard case .attempt(let attempt) = challenge else {
                throw ServiceError.folder("a first sign-in is not throttled")
            }
            return try identity.hasher.check(try Password(password), attempt)
        }
        let proof = try prove()
        let outcome = try identity.sessions.signIn(
            proof,
            client: client,
            replacing: nil,
            rules: rules,
            now: start,
            on: connection
        )
        guard case .signedIn(let signedIn) = outcome else {
            throw ServiceError.folder("the password just set signs in")
        }
        let code = try identity.authenticators.issueEnrolmentCode(
            for: member.id,
            now: start,
            on: connection
        )
        let enrolment = try identity.authenticators.enrol(
            proof,
            signedIn.session,
            enrolmentCode: code,
            member: active,
            source: client.address,
            rules: rules,
            now: start,
            on: connection
        )
        guard case .pending(let pending) = enrolment else {
            throw ServiceError.folder("the code just issued enrols")
        }
        let totp = TOTP(seed: Secret(try Base32.decode(pending.secret)))
        guard let first = OneTimeCode(totp.code(step: TOTP.step(at: start))) else {
            throw ServiceError.folder("a code has six digits")
        }
        _ = try identity.authenticators.confirm(
            signedIn.session,
            code: first,
            source: client.address,
            rules: rules,
            now: start,
            on: connection
        )
        return pending.secret
    }

    // MARK: - Pupils and incidents

    private mutating func addPupils(at start: Timestamp) throws {
        let administrator = try members.values.first { member in
            try isAllowed("createPupil", on: School.entity, by: member, elevated: true)
        }
        guard let administrator else { return }
        for pupil in content.pupils {
            let permit = try permit("createPupil", on: School.entity, by: administrator)
            let new = try NewPupil(
                name: pupil.name,
                dateOfBirth: pupil.dateOfBirth,
                yearGroup: pupil.yearGroup,
                form: pupil.form,
                upn: nil,
                now: start
            )
            let made = try school.records.createPupil(
                new,
                permit: permit,
                on: connection,
                now: start
            )
            pupils[pupil.key] = made.id
            try record("createPupil", "Pupil", made.id.description, by: administrator.id, at: start)
        }
    }

    private mutating func add(
        _ incident: DemoIncident,
        categories: [ListEntry],
        agencies: [ListEntry]
    ) throws {
        guard let author = members[incident.author] else { return }
        let records = school.records
        var draft = IncidentDraft()
        draft.pupil = pupils[incident.pupil]?.description
        draft.linkedPupils = incident.linked.compactMap { pupils[$0]?.description }
        draft.occurredAt = incident.occurredAt
        draft.narrative = incident.narrative
        draft.categories = identifiers(incident.categories, in: categories)
        draft.agencies = identifiers(incident.agencies, in: agencies)
        draft.alert = incident.alerts.compactMap { ids[$0]?.description }
        let permit = try permit("logIncident", on: School.entity, by: author)
        let new = try records.check(
            draft,
            author: author.id,
            standing: { _ in .active },
            on: connection,
            now: incident.recordedAt
        )
        let number = try records.createIncident(
            new,
            author: author.id,
            groupAlerts: try groupRecipients(
                IncidentFacts.prospective(new, author: author.id, now: incident.recordedAt)
            ),
            permit: permit,
            on: connection,
            now: incident.recordedAt
        )
        try record(
            "logIncident",
            "Incident",
            number.digits,
            by: author.id,
            at: incident.recordedAt
        )
        for action in incident.actions { try add(action, to: number) }
    }

    private mutating func add(_ action: DemoAction, to number: IncidentNumber) throws {
        let records = school.records
        let facts = try records.facts(
            number,
            on: connection,
            now: action.recordedAt,
            rules: InvolvementRules()
        )
        guard let facts, let author = members[action.author] else { return }
        let entity = facts.entity(presentRoles: presentRoles(facts))
        let isRetrospective = !facts.isInvolved(author.id)
        let permit = try permit(
            "addAction",
            on: entity,
            by: author,
            context: [
                ("retrospective", .bool(isRetrospective)), ("completesOwn", .bool(false)),
            ]
        )
        var draft = ActionDraft()
        draft.text = action.text
        draft.occurredAt = action.occurredAt
        let new = try records.check(
            draft,
            to: facts,
            author: author.id,
            standing: { _ in .active },
            now: action.recordedAt
        )
        _ = try records.addAction(
            new,
            to: facts,
            author: author.id,
            audience: action.leadership ? .leadership : .involved,
            isRetrospective: isRetrospective,
            groupAlerts: try groupRecipients(facts),
            permit: permit,
            on: connection,
            now: action.recordedAt
        )
        try record("addAction", "Incident", number.digits, by: author.id, at: action.recordedAt)
    }

    private func identifiers(_ names: [String], in list: [ListEntry]) -> [String] {
        names.compactMap { name in list.first { $0.name == name }?.id.description }
    }

    private func presentRoles(_ facts: IncidentFacts) -> [String] {
        var holders: [String: [Identifier]] = [:]
        for member in members.values {
            for role in member.roles { holders[role, default: []].append(member.id) }
        }
        return facts.presentRoles(holders: holders)
    }

    // MARK: - The gate

    private func groupRecipients(_ facts: IncidentFacts) throws -> [Identifier] {
        let entity = facts.entity(presentRoles: presentRoles(facts))
        return try members.values.filter { member in
            try isAllowed("receiveGroupAlert", on: entity, by: member, elevated: false)
        }.map(\.id)
    }

    private func isAllowed(
        _ action: String,
        on resource: Entity,
        by member: StaffMember,
        elevated: Bool
    ) throws -> Bool {
        let request = Request(
            principal: member.entity.uid,
            action: EntityUID(type: "Action", id: action),
            resource: resource.uid,
            context: Exchange.context(elevated: elevated, locked: false)
        )
        return school.policy.allows(
            request,
            try school.policy.entities.adding([member.entity, resource])
        )
    }

    private func permit(
        _ action: String,
        on resource: Entity,
        by member: StaffMember,
        context: [(String, Value)] = []
    ) throws -> Permit {
        let session = Exchange.context(elevated: true, locked: false)
        let request = Request(
            principal: member.entity.uid,
            action: EntityUID(type: "Action", id: action),
            resource: resource.uid,
            context: try Record(session.fields.map { ($0.name, $0.value) } + context)
        )
        let authorization = school.policy.authorizer.authorize(
            request,
            try school.policy.entities.adding([member.entity, resource]),
            session: 0,
            contextIfElevated: nil
        )
        guard case .permit(let permit) = consume authorization else {
            throw ServiceError.policies("the policies do not let the demo's people do their work")
        }
        return permit
    }

    private mutating func record(
        _ action: String,
        _ type: String,
        _ id: String,
        by actor: Identifier?,
        at moment: Timestamp
    ) throws {
        let uid = EntityUID(type: type, id: id).description
        try log.append(
            try Entry(
                at: moment,
                actor: actor.map { .staff($0) } ?? .service,
                session: nil,
                elevated: false,
                address: "",
                action: action,
                resource: uid,
                subjects: type == "Staff" ? [] : [uid],
                decision: .allow,
                policies: [],
                policySet: school.policy.identifier,
                reason: "demo",
                requestID: Hex.encode(Random.bytes(8))
            ),
            on: connection
        )
    }
}
