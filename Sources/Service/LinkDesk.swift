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
        school.ledger.submit({ connection, _ in
            var afterCommit: [@Sendable () -> Void] = []
            for request in requests {
                var exchange = try school.exchange(request.call, on: connection)
                try exchange.mailLink(to: request.email)
                afterCommit += exchange.afterCommit
            }
            return afterCommit
        }) { result in
            switch result {
            case .success(let actions): for action in actions { action() }
            case .failure(let error): RequestLog().failure("links were not mailed: \(error)")
            }
        }
    }
}
