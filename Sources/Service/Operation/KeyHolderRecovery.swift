import AuditTrail
import Authentication
import Crypto
import Mail
import PolicyEngine
public import SQLite

/// The way back when every key holder has lost their authenticator.
///
/// It is done on the machine and slowly: everybody who can sign in is mailed, and only a day later,
/// or at the word of the chair of governors, is there a code for a new authenticator. Whoever still
/// has one stops it by using it.
public enum KeyHolderRecovery {
    /// What the operator asks for.
    public struct Order: Sendable, Hashable {
        /// Whose authenticator; may be left out where only one person comes into question.
        public var email: String?
        /// The code that the chair was mailed and has passed on.
        public var chairCode: String?
        /// Somebody has an active authenticator, and cannot be reached.
        public var althoughActive: Bool

        /// An order as the command line gives it.
        public init(email: String?, chairCode: String?, althoughActive: Bool) {
            self.email = email
            self.chairCode = chairCode
            self.althoughActive = althoughActive
        }
    }

    /// What came of it.
    public enum Outcome: Sendable, Hashable {
        /// It has begun, and can be finished from then on.
        case begun(readyAt: Timestamp)
        /// The authenticator is reset; the code is handed over in person.
        case finished(enrolmentCode: String)
        /// Nothing was done; says why.
        case refused(String)
    }

    /// How long everybody has to object.
    static let wait = Duration.seconds(24 * 3_600)
    /// And where somebody's authenticator is active: they may be away for a weekend.
    static let waitAlthoughActive = Duration.seconds(72 * 3_600)
    /// For so long those who manage accounts are told of it in every session.
    static let reminder = Duration.seconds(90 * 86_400)

    /// Does what is asked for, in the folder itself or by way of the service that holds it.
    ///
    /// - Throws: what is wrong with the folders; without the keys nothing is asked for.
    public static func run(
        _ order: Order,
        paths: SchoolPaths,
        settings: MachineSettings,
        operatorUID: UInt32,
        clock: WallClock = .system
    ) throws -> Outcome {
        _ = try KeyRing(folder: paths.keys)
        let folder: DataFolder
        do {
            folder = try DataFolder(path: paths.data)
        } catch ServiceError.held(let message) {
            let answer = try OperatorDesk.ask(.recover(order), in: paths.data)
            guard case .recovered(let outcome)? = answer else { throw ServiceError.held(message) }
            return outcome
        }
        let school = try School(folder: folder, paths: paths, settings: settings, clock: clock)
        defer { school.close() }
        let outcome = try school.recover(order, operatorUID: operatorUID)
        school.deliverMail()
        return outcome
    }
}

extension School {
    /// Begins or finishes a recovery; a refusal is on record too.
    func recover(
        _ order: KeyHolderRecovery.Order,
        operatorUID: UInt32
    ) throws -> KeyHolderRecovery.Outcome {
        let now = clock.now()
        let outcome = try ledger.perform { connection, state in
            var recovering = Recovering(
                school: self,
                policy: state.inForce.policy,
                order: order,
                operatorUID: operatorUID,
                now: now,
                db: connection
            )
            let outcome = try recovering.run()
            for entry in recovering.entries { try state.log.append(entry, on: connection) }
            if let changed = recovering.changed {
                state.inForce.names = try state.inForce.names.with(changed, on: connection)
            }
            return outcome
        }
        mailIsWaiting()
        return outcome
    }
}

/// One order being carried out in the writer's transaction.
private struct Recovering {
    let school: School
    let policy: PolicyInForce
    let order: KeyHolderRecovery.Order
    let operatorUID: UInt32
    let now: Timestamp
    let db: Connection
    var entries: [Entry] = []
    /// Whose authenticator was reset.
    var changed: StaffMember?

    private var identity: IdentityStore { school.identity }

    mutating func run() throws -> KeyHolderRecovery.Outcome {
        let holders = try keyHolders()
        let found = holders.filter { order.email == nil || $0.email.text == order.email }
        guard let member = found.first, found.count == 1 else {
            let addresses = holders.map(\.email.text).joined(separator: ", ")
            return try refuse(nil, "name one whose authenticator is lost: \(addresses)")
        }
        if let open = try identity.recoveries.open(now: now, on: db) {
            guard open.account == member.id else {
                return try refuse(member, "a recovery for somebody else is open")
            }
            return try finish(open, for: member, among: holders)
        }
        return try begin(for: member, among: holders)
    }

    private mutating func begin(
        for member: StaffMember,
        among holders: [StaffMember]
    ) throws -> KeyHolderRecovery.Outcome {
        // Whoever only manages accounts could not stop it: their authenticator is never passed over.
        let although = try order.althoughActive && !active(deciders()).isEmpty
        if let refusal = refusal(among: holders, although: although) {
            return try refuse(member, refusal)
        }
        guard school.settings.mail != nil else {
            return try refuse(member, "everybody has to be mailed: set up `mail` first")
        }
        if order.chairCode != nil { return try refuse(member, "no recovery is open") }
        let isSlow = holders.contains { $0.authenticator == .active }
        let wait = isSlow ? KeyHolderRecovery.waitAlthoughActive : KeyHolderRecovery.wait
        let code = try identity.recoveries.begin(
            for: member.id,
            operatorUID: operatorUID,
            wait: wait,
            chairMayShorten: !isSlow,
            now: now,
            on: db
        )
        let readyAt = now + wait
        try mailEverybody(
            """
            on the school's server somebody (operator:\(operatorUID)) has begun to replace the
            authenticator of \(member.name), because it is said that nobody has one any more. From
            \(readyAt.rfc3339) on it can be finished there.

            If that is not so: whoever still has an authenticator stops it by using it once.
            """
        )
        if !isSlow { try mailChair(code, about: member) }
        try note("beginRecovery", member, reason: "can be finished from \(readyAt.rfc3339) on")
        return .begun(readyAt: readyAt)
    }

    private mutating func finish(
        _ open: Recovery,
        for member: StaffMember,
        among holders: [StaffMember]
    ) throws -> KeyHolderRecovery.Outcome {
        // Whoever was active at the beginning has had the longer wait; nobody else may be by now.
        if let refusal = refusal(among: holders, although: !open.chairMayShorten) {
            return try refuse(member, refusal)
        }
        var isChair = false
        if let code = order.chairCode {
            isChair = try identity.recoveries.isChairCode(code, of: open, on: db)
            if !isChair { return try refuse(member, "this is not the code that the chair has") }
        }
        guard isChair || open.readyAt <= now else {
            return try refuse(member, "it can be finished from \(open.readyAt.rfc3339) on")
        }
        if !isChair {
            let waiting = try school.outbox.waiting(writtenAt: open.begunAt, on: db)
            if waiting > 0 {
                return try refuse(member, "\(waiting) of the mails about it are not sent yet")
            }
        }
        try identity.recoveries.finish(open, byChair: isChair, now: now, on: db)
        let code = try identity.authenticators.reset(member.id, now: now, on: db)
        changed = try identity.accounts.find(member.id, on: db)
        try mailEverybody(
            """
            on the school's server (operator:\(operatorUID)) the authenticator of \(member.name)
            was replaced\(isChair ? ", at the word of the chair of governors" : "").
            """
        )
        try note(
            "finishRecovery",
            member,
            reason: isChair ? "at the word of the chair" : "after the wait"
        )
        return .finished(enrolmentCode: code)
    }

    /// Those who may decide what takes two people, with an authenticator or without; in a school
    /// that has none of them yet, those who manage accounts.
    private func keyHolders() throws -> [StaffMember] {
        let holders = try active(deciders())
        guard holders.isEmpty else { return holders }
        return try active(
            try policy.roles.filter { role in
                try policy.allows(
                    roles: [role],
                    "createStaff",
                    on: School.entity,
                    elevated: true
                )
            }
        )
    }

    private func deciders() throws -> [String] {
        try policy.deciders(of: Approval.Matter.authenticatorReset.kind)
    }

    private func active(_ roles: [String]) throws -> [StaffMember] {
        var found: [Identifier: StaffMember] = [:]
        for role in roles {
            for id in try identity.accounts.holders(of: role, withAuthenticator: false, on: db) {
                found[id] = try identity.accounts.find(id, on: db)
            }
        }
        return found.values.sorted { $0.email.text < $1.email.text }
    }

    private func refusal(among holders: [StaffMember], although: Bool) -> String? {
        guard let active = holders.first(where: { $0.authenticator == .active }), !although else {
            return nil
        }
        return "\(active.email.text) has an active authenticator and approves a reset; whoever has"
            + " lost theirs suspends it first; with --although-active it takes 72 hours, and any"
            + " key holder who elevates stops it"
    }

    private mutating func refuse(
        _ member: StaffMember?,
        _ reason: String
    ) throws -> KeyHolderRecovery.Outcome {
        // The log holds no addresses: the whole of it is for the terminal.
        try note("recoverKeyHolder", member, decision: .deny, reason: "refused")
        return .refused(reason)
    }

    private mutating func note(
        _ action: String,
        _ member: StaffMember?,
        decision: Entry.Decision = .allow,
        reason: String
    ) throws {
        entries.append(
            try .operating(
                action,
                on: (member?.entity ?? School.entity).uid,
                policySet: policy.identifier,
                decision: decision,
                reason: reason,
                uid: operatorUID,
                at: now
            )
        )
    }

    private func mailEverybody(_ sentence: String) throws {
        try school.mailEverybody(
            subject: "An authenticator is replaced on the server",
            sentence,
            at: now,
            on: db
        )
    }

    private func mailChair(_ code: String, about member: StaffMember) throws {
        for chair in try identity.accounts.all(on: db)
        where chair.state == .active && chair.chair && chair.id != member.id {
            // One person can mark anybody as the chair; a role that elevates takes two.
            guard
                try policy.allows(
                    roles: chair.roles,
                    "elevateSession",
                    on: School.entity,
                    elevated: false
                )
            else { continue }
            try school.enqueue(
                subject: "Your word for a new authenticator",
                body: """
                    Hello \(chair.name),

                    nobody at \(school.name) has an authenticator any more. The one of
                    \(member.name) is replaced after 24 hours, or at once at your word. If you have
                    spoken with \(member.name) and want it at once, give this code to the person at
                    the server:

                    \(code)

                    If you did not expect this, give it to nobody and ring the school.

                    """,
                to: chair.email,
                at: now,
                on: db
            )
        }
    }
}

extension School {
    /// Mails everybody who can sign in.
    func mailEverybody(
        subject: String,
        _ sentence: String,
        at now: Timestamp,
        on connection: Connection
    ) throws {
        for member in try identity.accounts.all(on: connection) where member.state == .active {
            try enqueue(
                subject: subject,
                body: """
                    Hello \(member.name),

                    \(sentence)

                    If this should not be, tell the head and the chair of governors at once.

                    """,
                to: member.email,
                at: now,
                on: connection
            )
        }
    }
}
