import AuditTrail
import Authentication
import Crypto
import HTTPServer
import PolicyEngine
import Records
import SQLite

/// One's own authenticator: its state, its enrolment, its confirmation.
enum AuthenticatorRoutes {
    static let all = [
        Route(.get, "/v1/authenticator", .read(show)),
        Route(.post, "/v1/authenticator", .hashing(enrol)),
        Route(.post, "/v1/authenticator/confirmation", .write(confirm)),
    ]

    private static func show(_ exchange: inout Exchange) throws -> Reply {
        let session = try exchange.authenticate()
        let status = try exchange.school.identity.authenticators.status(
            of: session.account,
            on: exchange.db
        )
        return Reply.json { json in
            json.object { json in
                json.field("state", status.state.rawValue)
                json.field("enrolledAt", status.enrolledAt)
                json.field("lastUsedAt", status.lastUsedAt)
                json.field("recoveryCodesLeft", status.recoveryCodesLeft)
            }
        }
    }

    private static func enrol(_ exchange: inout Exchange) throws -> HashWork {
        let session = try exchange.authenticate()
        var fields = try Fields(exchange.call.body)
        let text = fields.string("password", limit: 4_096)
        let enrolmentCode = fields.string("enrolmentCode", limit: 64)
        try fields.finish()
        _ = try exchange.permit(
            "enrolAuthenticator",
            on: School.entity,
            recordedAs: .refusalOf("enrolAuthenticator")
        )
        let (identity, rules) = (exchange.school.identity, exchange.rules.authentication)
        let (now, db) = (exchange.now, exchange.db)
        let password = try exchange.identified { try Password(text) }
        let challenge = try exchange.identified {
            try identity.authenticators.throwIfEnrolled(session.account, on: db)
            return try identity.checks.begin(
                account: session.account,
                rules: rules,
                now: now,
                on: db
            )
        }
        guard case .attempt(let attempt) = challenge else {
            throw exchange.refuseThrottled("enrolAuthenticator", challenge)
        }
        return exchange.evaluate(password, attempt) { exchange, proof in
            let session = try exchange.authenticate()
            guard let member = exchange.names.staff[session.account] else {
                throw Problem.notFound
            }
            let (now, db, source) = (exchange.now, exchange.db, exchange.call.client.address)
            let outcome = try exchange.identified {
                try identity.authenticators.enrol(
                    proof,
                    session,
                    enrolmentCode: enrolmentCode,
                    member: member,
                    source: source,
                    rules: rules,
                    now: now,
                    on: db
                )
            }
            return try answer(to: outcome, &exchange)
        }
    }

    private static func answer(
        to outcome: EnrolmentOutcome,
        _ exchange: inout Exchange
    ) throws -> Reply {
        let action = "enrolAuthenticator"
        switch outcome {
        case .wrongPassword: return exchange.refusal(action, Problem(.invalidCredentials))
        case .wrongEnrolmentCode:
            return exchange.refusal(
                action,
                .field("enrolmentCode", "wrong, used or expired: ask for a new one")
            )
        case .throttled(let wait): return exchange.refusal(action, .throttled(for: wait))
        case .weakPassword(let rules):
            return exchange.refusal(
                action,
                try Problem(answering: .weakPassword(rules))
            )
        case .pending(let pending):
            exchange.record(action, decision: .allow)
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
    }

    private static func confirm(_ exchange: inout Exchange) throws -> Reply {
        let session = try exchange.authenticate()
        var fields = try Fields(exchange.call.body)
        let code = fields.requiredCode("code")
        try fields.finish()
        guard let code else { throw Problem.field("code", "required") }
        let (identity, rules) = (exchange.school.identity, exchange.rules.authentication)
        let (now, db, source) = (exchange.now, exchange.db, exchange.call.client.address)
        let outcome = try exchange.confirming {
            try identity.authenticators.confirm(
                session,
                code: code,
                source: source,
                rules: rules,
                now: now,
                on: db
            )
        }
        switch outcome {
        case .refused(let refusal):
            return exchange.refusal("confirmAuthenticator", refusal.problem)
        case .codes(let codes, let notices):
            exchange.changesRights = true
            exchange.record(
                "confirmAuthenticator",
                decision: .allow
            )
            try exchange.refreshName(of: session.account)
            try exchange.notify(session.account, notices)
            try exchange.notifyGuardians(of: session.account)
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
}

extension Exchange {
    /// Without a pending authenticator there is nothing to confirm: 409 `conflict`.
    fileprivate func confirming<R>(_ body: () throws -> R) throws -> R {
        do {
            return try identified(body)
        } catch let problem as Problem where problem.name == .noAuthenticator {
            throw Problem(.conflict, "no authenticator is pending")
        }
    }
}
