import PolicyEngine

/// A refusal in words that the caller may read: RFC 9457 problem details.
struct Problem: Error, Sendable {
    /// The problem names of the API and their status codes.
    enum Name: String, Sendable, CaseIterable {
        case badRequest = "bad-request"
        case invalidCredentials = "invalid-credentials"
        case notAuthenticated = "not-authenticated"
        case sessionExpired = "session-expired"
        case elevationRequired = "elevation-required"
        case invalidCode = "invalid-code"
        case forbidden
        case crossSite = "cross-site"
        case notFound = "not-found"
        case methodNotAllowed = "method-not-allowed"
        case immutable
        case alreadyEnrolled = "already-enrolled"
        case noAuthenticator = "no-authenticator"
        case lastHolder = "last-holder"
        case conflict
        case resetExpired = "reset-expired"
        case tooLarge = "too-large"
        case unsupportedMediaType = "unsupported-media-type"
        case misdirected
        case validation
        case weakPassword = "weak-password"
        case noReader = "no-reader"
        case idempotencyMismatch = "idempotency-mismatch"
        case sessionLocked = "session-locked"
        case throttled
        case headerTooLarge = "header-too-large"
        case `internal`
        case overloaded
        case storageUnavailable = "storage-unavailable"

        var status: Int {
            switch self {
            case .badRequest: 400
            case .invalidCredentials, .notAuthenticated, .sessionExpired, .elevationRequired,
                .invalidCode:
                401
            case .forbidden, .crossSite: 403
            case .notFound: 404
            case .methodNotAllowed, .immutable: 405
            case .alreadyEnrolled, .noAuthenticator, .lastHolder, .conflict: 409
            case .resetExpired: 410
            case .tooLarge: 413
            case .unsupportedMediaType: 415
            case .misdirected: 421
            case .validation, .weakPassword, .noReader, .idempotencyMismatch: 422
            case .sessionLocked: 423
            case .throttled: 429
            case .headerTooLarge: 431
            case .internal: 500
            case .overloaded, .storageUnavailable: 503
            }
        }

        var title: String {
            switch self {
            case .badRequest: "The request cannot be read"
            case .invalidCredentials: "The address or the password is wrong"
            case .notAuthenticated: "Sign in first"
            case .sessionExpired: "The session has ended"
            case .elevationRequired: "An authenticator code is needed"
            case .invalidCode: "The code is wrong"
            case .forbidden: "Not allowed"
            case .crossSite: "Refused because the request comes from another site"
            case .notFound: "Not found"
            case .methodNotAllowed: "This method is not allowed here"
            case .immutable: "Records are never edited or deleted"
            case .alreadyEnrolled: "An authenticator is active already"
            case .noAuthenticator: "There is no active authenticator"
            case .lastHolder: "Somebody must keep this role"
            case .conflict: "The present state does not allow this"
            case .resetExpired: "The link is no longer valid"
            case .tooLarge: "The request is too large"
            case .unsupportedMediaType: "This media type is not supported"
            case .misdirected: "This host is not served here"
            case .validation: "Some fields are wrong"
            case .weakPassword: "The password breaks the school's rules"
            case .noReader: "Nobody could read this record"
            case .idempotencyMismatch: "The idempotency key belongs to another request"
            case .sessionLocked: "The screen is locked"
            case .throttled: "Too many attempts"
            case .headerTooLarge: "The header is too large"
            case .internal: "Something went wrong"
            case .overloaded: "The service is busy"
            case .storageUnavailable: "The storage does not take anything"
            }
        }
    }

    /// A field of the request at fault.
    struct Field: Sendable, Equatable {
        let field: String
        let message: String
    }

    let name: Name
    var detail: String?
    var reason: String?
    var errors: [Field] = []
    var headers: [(String, String)] = []

    init(
        _ name: Name,
        _ detail: String? = nil,
        reason: String? = nil,
        errors: [Field] = [],
        headers: [(String, String)] = []
    ) {
        self.name = name
        self.detail = detail
        self.reason = reason
        self.errors = errors
        self.headers = headers
    }

    /// A field that does not do.
    static func field(_ field: String, _ message: String) -> Problem {
        Problem(.validation, errors: [Field(field: field, message: message)])
    }

    /// 401 for a caller without a live session.
    static let notAuthenticated = Problem(
        .notAuthenticated,
        headers: [("WWW-Authenticate", "Bearer")]
    )

    /// 401 for a caller whose session has ended.
    static let sessionExpired = Problem(
        .sessionExpired,
        headers: [("WWW-Authenticate", "Bearer error=\"invalid_token\"")]
    )

    /// 401 with the challenge of RFC 9470, section 3.
    static let elevationRequired = Problem(
        .elevationRequired,
        headers: [
            (
                "WWW-Authenticate",
                """
                Bearer error="insufficient_user_authentication", \
                acr_values="urn:keyholder:acr:elevated", max_age=3600
                """
            )
        ]
    )

    /// 404, the same for what is absent and what is hidden.
    static let notFound = Problem(.notFound)

    /// 429 with the wait, rounded up to whole seconds.
    static func throttled(for wait: Duration) -> Problem {
        let seconds = max(1, (wait.inSeconds).rounded(.up))
        return Problem(.throttled, headers: [("Retry-After", String(Int(seconds)))])
    }

    /// 503 with the time after which there may be room.
    static func busy(for wait: Duration) -> Problem {
        let seconds = max(1, wait.inSeconds.rounded(.up))
        return Problem(
            .overloaded,
            "try again in a moment",
            headers: [("Retry-After", String(Int(seconds)))]
        )
    }

    /// The answer that carries the problem.
    var reply: Reply { reply(status: name.status) }

    /// The answer under a status that HTTP has and the API has no name of its own for.
    func reply(status: Int) -> Reply {
        var writer = JSONWriter()
        writer.object { json in
            json.field("type", "urn:keyholder:problem:\(name.rawValue)")
            json.field("title", name.title)
            json.field("status", status)
            json.field("detail", detail ?? name.title)
            if let reason { json.field("reason", reason) }
            if !errors.isEmpty {
                json.field(
                    "errors",
                    array: { json in
                        for error in errors {
                            json.object { json in
                                json.field("field", error.field)
                                json.field("message", error.message)
                            }
                        }
                    }
                )
            }
        }
        return Reply(
            status: status,
            headers: [("Content-Type", "application/problem+json")] + headers,
            body: writer.bytes
        )
    }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
