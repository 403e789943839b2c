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
        /// In three steps: looked at and decided on the event loop, in a snapshot; written by the writer,
        /// who decides again what no longer holds; answered on the event loop, once it is durable.
        case plan(@Sendable (inout Exchange) throws -> Look)
        /// On the writer's thread, in its transaction.
        case write(@Sendable (inout Exchange) throws -> Reply)
        /// In three steps: the writer counts the attempt, the hash pool works, the writer finishes.
        case hashing(@Sendable (inout Exchange) throws -> HashWork)
    }

    let method: HTTPMethod
    /// Segments; `*` stands for a parameter.
    let path: String
    let handling: Handling
    /// Whether it answers a locked session too.
    let whileLocked: Bool
    /// Whether it counts as activity of the person.
    let isActivity: Bool
    /// Whether it begins a session or leads to one, so that anybody calls it: then the caller's
    /// origin is checked without a cookie too, and the body is a small one.
    let opensSession: Bool
    /// Whether it tells everybody the same and nothing of the school: nothing about it goes on
    /// record.
    let isPublic: Bool
    /// The least that a call must show: asked on a snapshot, before the writer hears of it, and again by
    /// the call itself.
    let admission: (@Sendable (inout Exchange) throws -> Void)?

    private static let session: @Sendable (inout Exchange) throws -> Void = {
        _ = try $0.requireSession()
    }

    init(
        _ method: HTTPMethod,
        _ path: String,
        whileLocked: Bool = false,
        isActivity: Bool = true,
        opensSession: Bool = false,
        isPublic: Bool = false,
        admission: (@Sendable (inout Exchange) throws -> Void)? = nil,
        _ handling: Handling
    ) {
        self.method = method
        self.path = path
        self.handling = handling
        self.whileLocked = whileLocked
        self.isActivity = isActivity
        self.opensSession = opensSession
        self.isPublic = isPublic
        self.admission = admission ?? (opensSession || isPublic ? nil : Route.session)
    }
}

/// Slow work with what was permitted in the step before it, which is asked again in the step after it.
struct PreparedHash: Sendable {
    let work: HashWork
    private let permitted: Exchange.Permitted?

    init(_ work: HashWork, after exchange: Exchange) {
        self.work = work
        permitted = exchange.permitted
    }

    /// Does it; the answer is the step after it.
    func run() -> @Sendable (inout Exchange) throws -> Reply {
        let finish = work.run()
        return { [permitted] exchange in
            // Seconds may have passed, and the rights or the policies with them.
            if let permitted { try exchange.permitAgain(permitted) }
            return try finish(&exchange)
        }
    }
}

/// Slow work between two steps on the writer's thread.
struct HashWork: Sendable {
    /// Where it stands in the queue.
    let place: HashPool.Place
    /// Runs on the writer's thread instead, when the pool is full.
    var abandon: @Sendable (Connection) throws -> Void = { _ in }
    /// Runs on the hash pool; what it answers runs on the writer's thread.
    let run: @Sendable () -> (@Sendable (inout Exchange) throws -> Reply)
}
