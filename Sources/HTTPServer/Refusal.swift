/// Why the server answers a request itself, without asking the handler; the raw value is the status.
package enum Refusal: Int, Error, Sendable {
    case badRequest = 400
    case timeout = 408
    case bodyTooLarge = 413
    case targetTooLong = 414
    case expectationFailed = 417
    case headTooLarge = 431
    case handlerFailed = 500
    case notImplemented = 501
    case unavailable = 503
    case versionNotSupported = 505
}
