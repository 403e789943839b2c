import AuditTrail
import Authentication
import Crypto
import HTTPServer
import PolicyEngine
import Records
import SQLite

/// One's own authenticator: its state, its enrolment, and what becomes of it.
enum AuthenticatorRoutes {
    static let all = [
        Route(.get, "/v1/authenticator", .read(show)),
        Route(.post, "/v1/authenticator", .hashing(enrol)),
        Route(.post, "/v1/authenticator/confirmation", .write(confirm)),
        Route(.post, "/v1/authenticator/recovery-codes", .write(renewRecoveryCodes)),
        Route(.post, "/v1/authenticator/replacement", .hashing(replace)),
        Route(.post, "/v1/authenticator/suspension", .hashing(suspend)),
    ]

    private static func show(_ exchange: inout Exchange) throws -> Reply {
        let session = try exchange.authenticate()
        try exchange.permitOwnAccount("viewAuthenticator")
        let status = try exchange.school.identity.authenticators.status(
            of: session.account,
            on: exchange.db
        )
        exchange.record("viewAuthenticator", decision: .allow)
        return Reply.json { json in
            json.object { json in
                json.field("state", status.state.rawValue)
                json.field("enrolledAt", status.enrolledAt)
                json.field("lastUsedAt", status.lastUsedAt)
                json.field("recoveryCodesLeft", status.recoveryCodesLeft)
            }
        }
    }

    // MARK: - Enrolment

    /// The order of the checks is the API's: the policy and the state come before any secret.
    private static func enrol(_ exchange: inout Exchange) throws -> HashWork {
        let (identity, action) = (exchange.school.identity, "enrolAuthenticator")
        let session = try exchange.permitEnrolment(action)
        try exchange.identified {
            try identity.authenticators.throwIfEnrolled(session.account, on: exchange.db)
        }
        var fields = try Fields(exchange.call.body)
        let password = fields.string("password", limit: 4_096)
        let enrolmentCode = fields.string("enrolmentCode", limit: 64)
        try fields.finish()
        return try exchange.evaluateAgain(password, for: action) { exchange, session, proof in
            let member = try exchange.member(session)
            let outcome = try exchange.identified {
                try identity.authenticators.enrol(
                    proof,
                    session,
                    enrolmentCode: enrolmentCode,
                    member: member,
                    source: exchange.call.client.address,
                    at: exchange.occasion
                )
            }
            switch outcome {
            case .wrongPassword: return exchange.refusal(action, Problem(.invalidCredentials))
            case .wrongEnrolmentCode:
                return exchange.refusal(
                    action,
                    .field("enrolmentCode", "wrong, used or expired: ask for a new one")
                )
            case .throttled(let wait): return exchange.refusal(action, .throttled(for: wait))
            case .weakPassword(let rules):
                return exchange.refusal(action, try Problem(answering: .weakPassword(rules)))
            case .pending(let pending):
                exchange.record(action, decision: .allow)
                return reply(pending)
            }
        }
    }

    private static func reply(_ pending: PendingAuthenticator) -> Reply {
        // A school's name can be too long for a code: then the address is typed or pasted.
        let svg = QRCode(encoding: pending.uri)?.svg
        return Reply.json(201, capacity: 65_536) { json in
            json.object { json in
                json.field("secret", pending.secret)
                json.field("otpauthUri", pending.uri)
                json.field("qrSvg", svg)
            }
        }
    }

    private static func confirm(_ exchange: inout Exchange) throws -> Reply {
        let (identity, action) = (exchange.school.identity, "confirmAuthenticator")
        let session = try exchange.permitEnrolment(action)
        var fields = try Fields(exchange.call.body)
        let code = fields.requiredCode("code")
        try fields.finish()
        guard let code else { throw Problem.field("code", "required") }
        let outcome = try exchange.confirming {
            try identity.authenticators.confirm(
                session,
                code: code,
                source: exchange.call.client.address,
                at: exchange.occasion
            )
        }
        if case .codes = outcome {
            try exchange.refreshName(of: session.account)
            try exchange.notifyGuardians(of: session.account)
        }
        return try answer(action, to: outcome, &exchange)
    }

    // MARK: - While one is in use

    private static func renewRecoveryCodes(_ exchange: inout Exchange) throws -> Reply {
        let (identity, action) = (exchange.school.identity, "renewRecoveryCodes")
        let session = try exchange.authenticate()
        try exchange.permitOwnAccount(action)
        var fields = try Fields(exchange.call.body)
        let code = fields.requiredCode("code")
        try fields.finish()
        guard let code else { throw Problem.field("code", "required") }
        let outcome = try identity.authenticators.regenerate(
            session,
            code: code,
            source: exchange.call.client.address,
            at: exchange.occasion
        )
        return try answer(action, to: outcome, &exchange)
    }

    private static func answer(
        _ action: String,
        to outcome: RecoveryCodesOutcome,
        _ exchange: inout Exchange
    ) throws -> Reply {
        guard let session = exchange.session else { throw Problem.notAuthenticated }
        switch outcome {
        case .refused(let refusal): return try exchange.refusal(action, code: refusal)
        case .codes(let codes, let notices):
            exchange.record(action, decision: .allow)
            try exchange.notify(session.account, notices)
            return Reply.json { json in
                json.object { json in
                    json.field(
                        "recoveryCodes",
                        array: { json in for code in codes { json.string(code) } }
                    )
                }
            }
        }
    }

    private static func replace(_ exchange: inout Exchange) throws -> HashWork {
        let (identity, action) = (exchange.school.identity, "replaceAuthenticator")
        let session = try exchange.permitEnrolment(action)
        try exchange.identified {
            try identity.authenticators.throwUnlessActive(session.account, on: exchange.db)
        }
        var fields = try Fields(exchange.call.body)
        let password = fields.string("password", limit: 4_096)
        let code = fields.requiredCode("code")
        try fields.finish()
        guard let code else { throw Problem.field("code", "required") }
        return try exchange.evaluateAgain(password, for: action) { exchange, session, proof in
            let member = try exchange.member(session)
            let outcome = try exchange.identified {
                try identity.authenticators.replace(
                    proof,
                    session,
                    code: code,
                    member: member,
                    source: exchange.call.client.address,
                    at: exchange.occasion
                )
            }
            switch outcome {
            case .wrongPassword: return exchange.refusal(action, Problem(.invalidCredentials))
            case .weakPassword(let rules):
                return exchange.refusal(action, try Problem(answering: .weakPassword(rules)))
            case .codeRefused(let refusal): return try exchange.refusal(action, code: refusal)
            case .pending(let pending, let notices):
                exchange.record(action, decision: .allow)
                try exchange.notify(session.account, notices)
                return reply(pending)
            }
        }
    }

    private static func suspend(_ exchange: inout Exchange) throws -> HashWork {
        let (identity, action) = (exchange.school.identity, "suspendAuthenticator")
        let session = try exchange.authenticate()
        try exchange.permitOwnAccount(action)
        try exchange.identified {
            try identity.authenticators.throwUnlessActive(session.account, on: exchange.db)
        }
        var fields = try Fields(exchange.call.body)
        let password = fields.string("password", limit: 4_096)
        try fields.finish()
        return try exchange.evaluateAgain(password, for: action) { exchange, session, proof in
            let isSuspended = try exchange.identified {
                try identity.authenticators.suspend(proof, session, on: exchange.db)
            }
            guard isSuspended else {
                return exchange.refusal(action, Problem(.invalidCredentials))
            }
            exchange.record(action, decision: .allow)
            try exchange.refreshName(of: session.account)
            try exchange.notify(session.account, [.authenticatorDisabled])
            return .noContent
        }
    }
}

extension Exchange {
    /// Asks the policy whether the caller may have an authenticator at all.
    fileprivate mutating func permitEnrolment(_ action: String) throws -> Session {
        let session = try authenticate()
        _ = try permit(
            "enrolAuthenticator",
            on: School.entity,
            recordedAs: .refusalOf(action)
        )
        return session
    }

    /// The caller, as the directory has them.
    fileprivate func member(_ session: Session) throws -> StaffMember {
        guard let member = names.staff[session.account] else { throw Problem.notFound }
        return member
    }

    /// Without a pending authenticator there is nothing to confirm: 409 `conflict`.
    fileprivate func confirming<R>(_ body: () throws -> R) throws -> R {
        do {
            return try identified(body)
        } catch let problem as Problem where problem.name == .noAuthenticator {
            throw Problem(.conflict, "no authenticator is pending")
        }
    }
}
