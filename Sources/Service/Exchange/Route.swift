import HTTPServer
import SQLite

/// One call of the API: a method, a path, and what answers it.
struct Route: Sendable {
    /// Where the answer is made.
    enum Handling: Sendable {
        /// Without database and session, at once.
        case open(@Sendable (Call) throws -> Reply)
        /// On the event loop, in one snapshot; released by the commit of its log entries.
        case read(@Sendable (inout Exchange) throws -> Reply)
        /// On the writer's thread, in its transaction.
        case write(@Sendable (inout Exchange) throws -> Reply)
        /// In three steps: the writer counts the attempt, the hash pool works, the writer finishes.
        case hashing(@Sendable (inout Exchange) throws -> HashWork)
    }

    let method: HTTPMethod
    /// Segments; `nil` stands for a parameter.
    let segments: [String?]
    let handling: Handling
    /// Whether it answers a locked session too.
    let whileLocked: Bool
    /// Whether it counts as activity of the person.
    let isActivity: Bool
    /// Whether it begins a session: then the caller's origin is checked without a cookie too.
    let opensSession: Bool

    init(
        _ method: HTTPMethod,
        _ path: String,
        whileLocked: Bool = false,
        isActivity: Bool = true,
        opensSession: Bool = false,
        _ handling: Handling
    ) {
        self.method = method
        segments = path.split(separator: "/").map { $0 == "*" ? nil : String($0) }
        self.handling = handling
        self.whileLocked = whileLocked
        self.isActivity = isActivity
        self.opensSession = opensSession
    }
}

/// Slow work between two steps on the writer's thread.
struct HashWork: Sendable {
    /// Runs on the hash pool; what it answers runs on the writer's thread.
    let run: @Sendable () -> (@Sendable (inout Exchange) throws -> Reply)
    /// Runs on the writer's thread instead, when the pool is full.
    var abandon: @Sendable (Connection) throws -> Void = { _ in }
}

/// Finds the route of a request.
struct Router: Sendable {
    private let routes: [Route]
    /// Paths of records: there every other method is `immutable`.
    private let immutablePaths: [[String?]]

    init(_ routes: [Route], immutable: [String]) {
        self.routes = routes
        immutablePaths = immutable.map { path in
            path.split(separator: "/").map { $0 == "*" ? nil : String($0) }
        }
    }

    /// The route and the parameters of its path.
    ///
    /// 405 is decided before anything that depends on the caller (a 404 for a path that no route has).
    func route(_ method: HTTPMethod, path: String) throws(Problem) -> (Route, [String]) {
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        var allowed: [String] = []
        // HEAD works wherever GET does; the server strips the body.
        let wanted = method == .head ? .get : method
        for route in routes {
            guard let parameters = match(route.segments, segments) else { continue }
            if route.method == wanted { return (route, parameters) }
            allowed.append(route.method.name)
            if route.method == .get { allowed.append("HEAD") }
        }
        let isImmutable = immutablePaths.contains { match($0, segments) != nil }
        if isImmutable && [.put, .patch, .delete].contains(method) {
            throw Problem(.immutable, headers: [("Allow", allowed.joined(separator: ", "))])
        }
        if allowed.isEmpty { throw .notFound }
        throw Problem(.methodNotAllowed, headers: [("Allow", allowed.joined(separator: ", "))])
    }

    private func match(_ pattern: [String?], _ segments: [Substring]) -> [String]? {
        guard pattern.count == segments.count else { return nil }
        var parameters: [String] = []
        for (expected, segment) in zip(pattern, segments) {
            if let expected {
                if expected != segment { return nil }
            } else {
                parameters.append(String(segment))
            }
        }
        return parameters
    }
}
