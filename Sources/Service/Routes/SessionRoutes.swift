import AuditTrail
import Authentication
import Crypto
import HTTPServer
import PolicyEngine
import Records
import SQLite

/// Signing in and out, elevation, the blank screen.
enum SessionRoutes {
    static let all = [
        Route(.post, "/v1/session", opensSession: true, .hashing(signIn)),
        Route(.get, "/v1/session", whileLocked: true, isActivity: false, .read(show)),
        Route(.delete, "/v1/session", whileLocked: true, .write(signOut)),
        Route(.post, "/v1/session/elevation", .write(elevate)),
        Route(.delete, "/v1/session/elevation", .write(drop)),
        Route(.post, "/v1/session/lock", .write(lock)),
        Route(.post, "/v1/session/unlock", whileLocked: true, .hashing(unlock)),
    ]

    // MARK: - Signing in

    private static func signIn(_ exchange: inout Exchange) throws -> HashWork {
        var fields = try Fields(exchange.call.body)
        let email = fields.string("email", limit: 320)
        let text = fields.string("password", limit: 4_096)
        try fields.finish()
        let password = try exchange.identified { try Password(text) }
        let (identity, client) = (exchange.school.identity, exchange.call.client)
        let challenge = try identity.checks.begin(
            email: email,
            client: client,
            at: exchange.occasion
        )
        guard case .attempt(let attempt) = challenge else {
            throw exchange.refuseThrottled("signIn", challenge, actor: .address(email))
        }
        return exchange.evaluate(password, attempt) { exchange, proof in
            let replaced = try exchange.liveSession()
            let outcome = try identity.sessions.signIn(
                proof,
                client: client,
                replacing: replaced,
                at: exchange.occasion
            )
            switch outcome {
            case .refused(let account):
                exchange.record(
                    "signIn",
                    decision: .deny,
                    reason: Problem.Name.invalidCredentials.rawValue,
                    actor: account.map { .staff($0) } ?? .address(email)
                )
                // Returned, not thrown: the failure that was counted stays counted.
                return Problem(.invalidCredentials).reply
            case .signedIn(let signedIn):
                exchange.session = signedIn.session
                exchange.record("signIn", decision: .allow)
                try exchange.notify(signedIn.session.account, signedIn.notices)
                return try exchange.sessionReply(
                    201,
                    token: signedIn.token,
                    headers: [Cookies.set(device: signedIn.deviceCookie)]
                )
            }
        }
    }

    // MARK: - The session itself

    private static func show(_ exchange: inout Exchange) throws -> Reply {
        try exchange.authenticate()
        return try exchange.sessionReply(200, token: nil)
    }

    private static func signOut(_ exchange: inout Exchange) throws -> Reply {
        let session = try exchange.authenticate()
        try exchange.school.identity.sessions.end(
            session.id,
            of: session.account,
            now: exchange.now,
            on: exchange.db
        )
        exchange.record("signOut", decision: .allow)
        return Reply(
            status: 204,
            headers: [Cookies.clearSession, ("Clear-Site-Data", "\"cache\", \"storage\"")]
        )
    }

    private static func lock(_ exchange: inout Exchange) throws -> Reply {
        let session = try exchange.authenticate()
        try exchange.identified {
            try exchange.school.identity.sessions.lock(session, on: exchange.db)
        }
        exchange.record("lockSession", decision: .allow)
        return .noContent
    }

    private static func unlock(_ exchange: inout Exchange) throws -> HashWork {
        let session = try exchange.authenticate()
        var fields = try Fields(exchange.call.body)
        let text = fields.string("password", limit: 4_096)
        let code = fields.code("code")
        try fields.finish()
        let password = try exchange.identified { try Password(text) }
        let identity = exchange.school.identity
        // Asked of the policy here, as at elevation: a code must not open more at this door.
        if code != nil, try !exchange.isElevatable(roles: session.roles) {
            exchange.record("elevateSession", decision: .deny, reason: "forbidden")
            throw Problem(.forbidden)
        }
        let challenge = try exchange.identified {
            try identity.sessions.beginUnlock(session, at: exchange.occasion)
        }
        guard case .attempt(let attempt) = challenge else {
            throw exchange.refuseThrottled("unlockSession", challenge)
        }
        let withdraw: @Sendable (Connection) throws -> Void = {
            try identity.sessions.withdrawUnlock(session, on: $0)
        }
        return exchange.evaluate(password, attempt, abandon: withdraw) { exchange, proof in
            let session = try exchange.authenticate()
            let outcome = try exchange.identified {
                if let code {
                    return try identity.authenticators.unlock(
                        proof,
                        session,
                        code: code,
                        source: exchange.call.client.address,
                        at: exchange.occasion
                    )
                }
                return try identity.sessions.unlock(proof, session, at: exchange.occasion)
            }
            switch outcome {
            case .unlocked(let session):
                exchange.session = session
                exchange.record("unlockSession", decision: .allow)
                return try exchange.sessionReply(200, token: nil)
            case .elevated(let started, let notices):
                exchange.session = started.session
                exchange.record("unlockSession", decision: .allow)
                try exchange.permitElevation()
                exchange.record("elevateSession", decision: .allow)
                try exchange.notify(session.account, notices)
                try exchange.noteElevation()
                return try exchange.sessionReply(200, token: started.token)
            case .refused: return exchange.refusal("unlockSession", Problem(.invalidCredentials))
            case .codeRefused(let refusal):
                return try exchange.refusal("unlockSession", code: refusal)
            }
        }
    }

    // MARK: - Elevation

    private static func elevate(_ exchange: inout Exchange) throws -> Reply {
        let session = try exchange.authenticate()
        var fields = try Fields(exchange.call.body)
        let code = fields.requiredCode("code")
        try fields.finish()
        try exchange.permitElevation()
        guard let code else { throw Problem.field("code", "required") }
        let outcome = try exchange.identified {
            try exchange.school.identity.authenticators.elevate(
                session,
                code: code,
                source: exchange.call.client.address,
                at: exchange.occasion
            )
        }
        switch outcome {
        case .refused(let refusal):
            return try exchange.refusal("elevateSession", code: refusal)
        case .elevated(let started, let notices):
            exchange.session = started.session
            exchange.record("elevateSession", decision: .allow)
            try exchange.noteElevation()
            try exchange.notify(session.account, notices)
            return try exchange.sessionReply(200, token: started.token)
        }
    }

    private static func drop(_ exchange: inout Exchange) throws -> Reply {
        let session = try exchange.authenticate()
        let started = try exchange.identified {
            try exchange.school.identity.sessions.drop(session, at: exchange.occasion)
        }
        exchange.session = started.session
        exchange.record("dropElevation", decision: .allow)
        return try exchange.sessionReply(200, token: started.token)
    }
}
