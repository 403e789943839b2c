import Authentication
import Crypto
import PolicyEngine
import Records
import SQLite

/// The people of the made-up school: accounts, authenticators, pupils.
extension DemoFilling {
    /// The five whom the table shows get an authenticator where the policy lets them.
    mutating func add(
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
            let canSignIn =
                shown.insert(member.roles).inserted && !member.roles.contains("governor")
            let password =
                canSignIn ? try hash(person.password, member, elevatable: true) : decoy
            try activate(member, password, at: start)
            members.staff[person.staff.key] = try school.identity.accounts.find(
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

    /// Pupils, all enrolled at the same moment.
    mutating func add(_ pupils: [DemoPupil], at start: Timestamp) throws {
        let administrator = try members.staff.values.first { member in
            try isAllowed("createPupil", on: School.entity, by: member, elevated: true)
        }
        guard let administrator else { return }
        for pupil in pupils {
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
            members.pupils[pupil.key] = made.id
            try record("createPupil", "Pupil", made.id.description, by: administrator.id, at: start)
        }
    }
}
