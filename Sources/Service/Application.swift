import AuditTrail
import Authentication
public import HTTPServer
import PolicyEngine
import SQLite

/// Answers the requests of one school: finds the route, runs it where it belongs, and releases the
/// answer with its record.
public final class Application: RequestHandler {
    private let school: School
    private let router: Router
    private let guards: RequestGuards
    private let hashing = HashPool()
    private let log: RequestLog
    private let requestIDs = RequestIDs()

    /// Instructions of SQLite's virtual machine that a call on the event loop may use: about 20 ms.
    private static let readBudget = 2_000_000

    init(school: School, settings: MachineSettings, logsRequests: Bool) {
        self.school = school
        router = Router(Routes.all, immutable: Routes.immutable)
        guards = RequestGuards(settings: settings)
        log = RequestLog(isEnabled: logsRequests)
    }

    /// Takes a request from the server, on its event loop.
    public func handle(_ request: HTTPRequest, _ responder: Responder) {
        let id = requestIDs.next()
        var release = Release(method: request.method, id: id, responder: responder, log: log)
        do throws(Problem) {
            let call = try call(request, id: id)
            release.call = call
            dispatch(call, release)
        } catch {
            refuse(request, error, release)
        }
    }

    /// The body of a refusal that the server makes by itself.
    public func malformed(status: Int) -> HTTPResponse {
        let name: Problem.Name =
            switch status {
            case 408: .badRequest
            case 413: .tooLarge
            case 431: .headerTooLarge
            case 503: .overloaded
            case 500: .internal
            default: .badRequest
            }
        return Problem(name).reply(status: status).response(requestID: requestIDs.next())
    }

    private func call(_ request: HTTPRequest, id: String) throws(Problem) -> Call {
        try guards.checkHost(request)
        let (route, parameters) = try router.route(request.method, path: request.path)
        let credential = try guards.credential(of: request)
        try guards.checkOrigin(request, route: route, credential: credential)
        return Call(
            request: request,
            route: route,
            parameters: parameters,
            body: try guards.body(of: request, route: route),
            credential: credential,
            id: id,
            client: try guards.client(of: request)
        )
    }

    private func dispatch(_ call: Call, _ release: Release) {
        do {
            switch call.route.handling {
            case .open(let answer): release.send(try answer(call))
            case .read(let answer): try look(call, { .reply(try answer(&$0)) }, release)
            case .plan(let prepare): try look(call, prepare, release)
            case .write(let answer):
                if try admit(call, release) { write(call, answer, release) }
            case .hashing(let prepare):
                if try admit(call, release) { hash(call, prepare, release) }
            }
        } catch {
            release.send(reply(to: error))
        }
    }

    // MARK: - Strangers

    /// Refuses a request that is no call; one that came from another site, or for another host, is
    /// on record first, if it was for anything that is not public.
    private func refuse(_ request: HTTPRequest, _ problem: Problem, _ release: Release) {
        guard [.crossSite, .misdirected].contains(problem.name),
            let route = router.find(request.method, path: request.path), !route.isPublic
        else { return release.send(problem.reply) }
        let client = Client(address: guards.address(of: request), userAgent: "")
        refuse(school.refusal(problem, of: client, requestID: release.id), problem.reply, release)
    }

    /// Answers a stranger whose refusal is one of a count.
    private func refuse(_ refusal: EntryDraft, _ reply: Reply, _ release: Release) {
        school.refusals.count(refusal) { result in
            switch result {
            case .success: release.send(reply)
            case .failure(let error): release.send(self.reply(to: error))
            }
        }
    }

    /// Whether a call shows the least that its route asks for; else it is answered, before the writer
    /// hears of it: nobody who has a session stands in a line of those who have none.
    private func admit(_ call: Call, _ release: Release) throws -> Bool {
        guard let admission = call.route.admission else { return true }
        let outcome = try school.readers.read(steps: Application.readBudget) { connection in
            try self.run(try self.school.exchange(call, onSnapshot: connection)) { exchange in
                try admission(&exchange)
                return .noContent
            }
        }
        guard let refusal = outcome.refusalOfStranger else { return true }
        refuse(refusal, outcome.reply(), release)
        return false
    }

    // MARK: - Reading and planning

    private func look(
        _ call: Call,
        _ look: @escaping @Sendable (inout Exchange) throws -> Look,
        _ release: Release
    ) throws {
        let looked = try school.readers.read(steps: Application.readBudget) { connection in
            try LookedCall(try self.school.exchange(call, onSnapshot: connection), look)
        }
        if let refusal = looked.outcome.refusalOfStranger {
            return refuse(refusal, looked.outcome.reply(), release)
        }
        guard looked.needsCommit else { return release.send(looked.outcome.reply) }
        school.ledger.submit({ connection, state in
            // What was decided under rights that have changed since is decided again, on the writing
            // connection: nobody reads or writes with the rights of a moment ago.
            let rights = try RightsEpoch.current(on: connection)
            if looked.outcome.holds(under: rights, state.inForce.policy),
                let outcome = try looked.commit(connection, &state)
            {
                return outcome
            }
            let again = try LookedCall(try self.school.exchange(call, on: connection, &state), look)
            guard let outcome = try again.commit(connection, &state) else {
                throw Problem(.conflict, "it has changed in between: try again")
            }
            return outcome
        }) { self.finish($0, release) }
    }

    // MARK: - Writing

    private func write(
        _ call: Call,
        _ answer: @escaping @Sendable (inout Exchange) throws -> Reply,
        _ release: Release
    ) {
        school.ledger.submit({ connection, state in
            let exchange = try self.school.exchange(call, on: connection, &state)
            let outcome = try self.run(exchange) { exchange in
                // The act is undone when it is refused; the record of the refusal stays.
                try connection.savepoint { try answer(&exchange) }
            }
            try outcome.commit(connection, &state)
            return outcome
        }) { self.finish($0, release) }
    }

    // MARK: - Hashing

    private func hash(
        _ call: Call,
        _ prepare: @escaping @Sendable (inout Exchange) throws -> HashWork,
        _ release: Release
    ) {
        school.ledger.submit({ connection, state -> (Outcome, PreparedHash?) in
            var prepared: PreparedHash?
            let exchange = try self.school.exchange(call, on: connection, &state)
            let outcome = try self.run(exchange) { exchange in
                let work = try prepare(&exchange)
                prepared = PreparedHash(work, after: exchange)
                return .noContent
            }
            try outcome.commit(connection, &state)
            return (outcome, prepared)
        }) { result in
            switch result {
            case .success((let outcome, let prepared)):
                guard let prepared else { return self.finish(.success(outcome), release) }
                let work = prepared.work
                let job = HashPool.Job(
                    run: { self.write(call, prepared.run(), release) },
                    turnAway: { self.abandon(work, release, retryAfter: $0) }
                )
                self.hashing.submit(job, at: work.place)
            case .failure(let error): release.send(self.reply(to: error))
            }
        }
    }

    /// The pool is full: what was counted as an attempt was none.
    private func abandon(_ work: HashWork, _ release: Release, retryAfter: Duration) {
        school.ledger.submit({ connection, _ in
            try work.abandon(connection)
        }) { result in
            switch result {
            case .success: release.send(Problem.busy(for: retryAfter).reply)
            case .failure(let error): release.send(self.reply(to: error))
            }
        }
    }

    // MARK: - Both

    private func run(
        _ start: consuming Exchange,
        _ answer: (inout Exchange) throws -> Reply
    ) throws -> Outcome {
        var exchange = start
        do {
            return Outcome(try answer(&exchange), of: exchange)
        } catch let problem as Problem {
            return Outcome(problem, of: exchange)
        }
    }

    private func finish(_ result: Result<Outcome, any Error>, _ release: Release) {
        switch result {
        case .success(let outcome):
            for action in outcome.afterCommit { action() }
            release.send(outcome.reply)
        case .failure(let error): release.send(reply(to: error))
        }
    }

    private static let busy = Problem.busy(for: .seconds(5))

    private func reply(to error: any Error) -> Reply {
        switch error {
        case let problem as Problem: return problem.reply
        case WriterError.overloaded: return Application.busy.reply
        case WriterError.stopped: return Application.busy.reply
        case let error as SQLiteError where error.isInterrupted: return Application.busy.reply
        case let error as SQLiteError where error.isStorage:
            log.failure(String(describing: error))
            return Problem(.storageUnavailable).reply
        // Whoever audits is told that there is something to find.
        case let error as AuditError:
            log.failure(error.description)
            return Problem(.internal, error.description).reply
        default:
            log.failure(String(describing: error))
            return Problem(.internal).reply
        }
    }
}
