import AuditTrail
import Authentication
import HTTPServer
import PolicyEngine
import SQLite

/// The rules for passwords, the links that set one, and the change of one's own.
enum PasswordRoutes {
    static let all = [
        Route(.get, "/v1/password-rules", isActivity: false, isPublic: true, .read(showRules)),
        Route(.post, "/v1/password-resets", opensSession: true, .write(requestLink)),
        Route(
            .post,
            "/v1/password-resets/redeem",
            opensSession: true,
            admission: { _ = try link(&$0) },
            .hashing(redeem)
        ),
        Route(.put, "/v1/password", .hashing(change)),
    ]

    // MARK: - Rules

    private static func showRules(_ exchange: inout Exchange) -> Reply {
        let rules = exchange.rules.authentication
        return Reply.json { json in
            json.object { json in
                json.field("profile", rules.profile.rawValue)
                json.field("minLength", rules.password.minLength)
                json.field("elevatableMinLength", rules.password.elevatableMinLength)
                json.field("maxBytes", Password.longest)
                json.field("history", rules.password.history)
                json.field("breachedList", rules.password.breached != nil)
                json.field(
                    "rules",
                    array: { json in
                        for rule in BrokenRule.inForce(under: rules) { json.string(rule.message) }
                    }
                )
            }
        }
    }

    // MARK: - Links

    /// One answer, whoever asks for whatever address.
    private static func requestLink(_ exchange: inout Exchange) throws -> Reply {
        var fields = try Fields(exchange.call.body)
        let email = fields.string("email", limit: 320)
        try fields.finish()
        let request = try exchange.school.identity.tokens.hear(
            email: email,
            client: exchange.call.client,
            at: exchange.occasion
        )
        let actor = request.account.map { EntryDraft.Actor.staff($0) } ?? .address(email)
        let reply = Reply.json(202) { json in
            json.object { json in
                json.field("detail", "if there is such an account, a link is mailed to its address")
            }
        }
        guard request.isHeard else {
            exchange.record(
                "requestLink",
                decision: .deny,
                reason: Problem.Name.throttled.rawValue,
                actor: actor
            )
            return reply
        }
        exchange.record("requestLink", decision: .allow, actor: actor)
        let (school, call) = (exchange.school, exchange.call)
        exchange.afterCommit.append { school.links.take(call, email: email, at: school) }
        return reply
    }

    /// The link of a call and the password that it is to set, if the link is good.
    private static func link(
        _ exchange: inout Exchange
    ) throws -> (token: String, password: Password, holder: PasswordHolder) {
        var fields = try Fields(exchange.call.body)
        let token = fields.string("token", limit: 256)
        let text = fields.string("password", limit: 4_096)
        try fields.finish()
        let password = try exchange.identified { try Password(text) }
        guard
            let holder = try exchange.school.identity.tokens.holder(
                of: token,
                now: exchange.now,
                on: exchange.db
            )
        else {
            exchange.record(
                "setPassword",
                decision: .deny,
                reason: Problem.Name.resetExpired.rawValue,
                actor: .nobody
            )
            throw Problem(.resetExpired)
        }
        return (token, password, holder)
    }

    private static func redeem(_ exchange: inout Exchange) throws -> HashWork {
        let (token, password, holder) = try link(&exchange)
        let (identity, rules) = (exchange.school.identity, exchange.rules.authentication)
        let elevatable = try exchange.takesLongPassword(holder)
        let place = HashPool.Place(isKnown: false, source: exchange.call.client.source)
        return HashWork(place: place) {
            let prepared = Result {
                try identity.hasher.prepare(
                    password,
                    for: holder,
                    elevatable: elevatable,
                    rules: rules
                )
            }
            return { exchange in
                let new = try exchange.identified { try prepared.get() }
                let account = try exchange.identified {
                    try identity.tokens.redeem(token, setting: new, at: exchange.occasion)
                }
                exchange.record("setPassword", decision: .allow, actor: .staff(account))
                try exchange.refreshName(of: account)
                try exchange.notify(account, [.passwordChanged])
                return .noContent
            }
        }
    }

    // MARK: - One's own

    private static func change(_ exchange: inout Exchange) throws -> HashWork {
        let session = try exchange.authenticate()
        var fields = try Fields(exchange.call.body)
        let currentText = fields.string("current", limit: 4_096)
        let newText = fields.string("new", limit: 4_096)
        try fields.finish()
        _ = try exchange.permit(
            "manageOwnAccount",
            on: School.entity,
            recordedAs: .refusalOf("changePassword")
        )
        let (identity, rules) = (exchange.school.identity, exchange.rules.authentication)
        let current = try exchange.identified { try Password(currentText, field: "current") }
        let new = try exchange.identified { try Password(newText, field: "new") }
        let holder = try identity.accounts.holder(session.account, on: exchange.db)
        let elevatable = try exchange.takesLongPassword(holder)
        let challenge = try identity.checks.begin(account: session.account, at: exchange.occasion)
        guard case .attempt(let attempt) = challenge else {
            throw exchange.refuseThrottled("changePassword", challenge)
        }
        return HashWork(
            place: HashPool.Place(isKnown: true, source: exchange.call.client.source),
            abandon: { try identity.checks.withdraw(attempt, on: $0) },
            run: {
                let evaluated = Result {
                    try identity.hasher.change(
                        current,
                        attempt,
                        to: new,
                        for: holder,
                        elevatable: elevatable,
                        rules: rules
                    )
                }
                return { exchange in
                    let (proof, prepared) = try evaluated.get()
                    return try finish(proof, prepared, &exchange)
                }
            }
        )
    }

    private static func finish(
        _ proof: PasswordProof,
        _ prepared: Result<NewPassword, any Error>?,
        _ exchange: inout Exchange
    ) throws -> Reply {
        let session = try exchange.authenticate()
        let identity = exchange.school.identity
        let outcome = try exchange.identified {
            try identity.accounts.changePassword(
                proof,
                to: prepared,
                in: session,
                sessions: identity.sessions,
                at: exchange.occasion
            )
        }
        switch outcome {
        case .wrongCurrent:
            return exchange.refusal("changePassword", Problem(.invalidCredentials))
        case .weak(let broken):
            return exchange.refusal("changePassword", Problem(weak: broken, field: "new"))
        case .changed:
            exchange.record("changePassword", decision: .allow)
            try exchange.notify(session.account, [.passwordChanged])
            return .noContent
        }
    }
}

extension Exchange {
    /// Whether the password has to be one of an account that elevates, or may again.
    fileprivate func takesLongPassword(_ holder: PasswordHolder) throws -> Bool {
        guard let member = try school.identity.accounts.find(holder.account, on: db) else {
            throw Problem(.resetExpired)
        }
        return try mayEverElevate(member)
    }
}
