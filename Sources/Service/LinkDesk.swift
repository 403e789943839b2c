import Authentication
import SQLite

/// Makes the links that people ask for, a moment after they asked.
///
/// The answer to whoever asks is on its way by then, and those of half a second are done together:
/// neither the answer nor what the next one has to wait for tells whether an account has the
/// address.
final class LinkDesk: Sendable {
    /// Requests that wait; past it somebody floods, and one who is lost asks again.
    private static let limit = 4_096
    private static let delay = Duration.milliseconds(500)

    /// A request that was heard: the call it came with, and the address as it was typed.
    private struct Request: Sendable {
        let call: Call
        let email: String
    }

    private let waiting = Locked<[Request]>([])
    private let later: Later

    init(later: Later) { self.later = later }

    /// Takes a request in.
    func take(_ call: Call, email: String, at school: School) {
        let isFirst = waiting.withLock { waiting in
            if waiting.count < LinkDesk.limit { waiting.append(Request(call: call, email: email)) }
            return waiting.count == 1
        }
        guard isFirst else { return }
        later.after(LinkDesk.delay) { [weak self, weak school] in
            guard let self, let school else { return }
            self.finish(at: school)
        }
    }

    /// Makes the links that wait; also when the service ends in an orderly way.
    func finish(at school: School) {
        let requests = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        if requests.isEmpty { return }
        school.ledger.submit({ connection, state in
            var made = Made()
            for request in requests {
                try made.add(at: school, request, on: connection, &state)
            }
            return made
        }) { result in
            let log = RequestLog()
            switch result {
            case .success(let made):
                for action in made.afterCommit { action() }
                for error in made.errors.sorted() { log.failure("a link was not mailed: \(error)") }
            case .failure(let error): log.failure("links were not mailed: \(error)")
            }
        }
    }

    /// What came of the requests of one transaction, of which each stands alone.
    private struct Made: Sendable {
        var afterCommit: [@Sendable () -> Void] = []
        /// Of the requests that came to nothing; each error once.
        var errors: Set<String> = []

        mutating func add(
            at school: School,
            _ request: Request,
            on connection: Connection,
            _ state: inout LedgerState
        ) throws {
            do {
                var exchange = try school.exchange(request.call, on: connection, &state)
                try connection.savepoint { try exchange.mailLink(to: request.email) }
                afterCommit += exchange.afterCommit
            } catch {
                // A transaction that is gone is everybody's.
                guard connection.isInTransaction else { throw error }
                errors.insert(String(describing: error))
            }
        }
    }
}
