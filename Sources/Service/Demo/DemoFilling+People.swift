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
        let occasion = Occasion(
            rules: school.policy.rules.authentication,
            now: start,
            db: connection
        )
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
            let enrolment = DemoEnrolment(
                identity: school.identity,
                member: member,
                password: person.password
            )
            try enrolment.activate(password, at: occasion)
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
                    secret: try enrol(enrolment, at: occasion)
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

    /// Enrols an authenticator where the policy lets them, long ago: its present code is unused.
    private func enrol(
        _ person: DemoEnrolment,
        at occasion: Occasion
    ) throws -> String? {
        guard let active = try school.identity.accounts.find(person.member.id, on: connection),
            try isAllowed("enrolAuthenticator", on: School.entity, by: active, elevated: false)
        else { return nil }
        return try person.enrol(at: occasion)
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
