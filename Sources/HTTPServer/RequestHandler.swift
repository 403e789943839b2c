/// What answers the requests of a server.
public protocol RequestHandler: Sendable {
    /// Answers `request` through `responder`, at once or later.
    ///
    /// Called on the thread of the connection's event loop, which serves nobody else meanwhile:
    /// it must not block.
    func handle(_ request: HTTPRequest, _ responder: Responder)

    /// The answer to what never became a request.
    ///
    /// `status` is 400 (malformed), 408 (too slow), 413 (body), 414 (target), 417 (an expectation
    /// that is not `100-continue`), 431 (head), 500 (the handler's answer was malformed), 501 (a
    /// method or coding), 503 (the handler has not answered in time, or too many bodies are
    /// arriving) or 505 (a version). The connection is closed after it. Called on the loop's
    /// thread.
    func malformed(status: Int) -> HTTPResponse
}
