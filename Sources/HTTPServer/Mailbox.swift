import CLinux
import Glibc

/// How other threads reach an event loop, and how a handler's answer reaches the loop that asked.
///
/// Sendable although it has variables: those under "the loop's" are touched by the loop's thread
/// alone, those under "shared" behind the lock.
final class Mailbox: @unchecked Sendable {
    enum Message {
        /// Go on with a request.
        case resume(descriptor: Int32, token: UInt64, @Sendable () -> Void)
        case adopt(AcceptedSocket)
        case resumeAccepting
        case drain(until: Int64)
        /// Look at the clock.
        case wake
    }

    /// Becomes readable when the box is no longer empty.
    let descriptor: Int32

    // Shared.
    private let lock = Lock()
    private var messages: [Message] = []

    // The loop's.
    private var thread: pthread_t?
    private var asked: UInt64 = 0
    private var atOnce: HTTPResponse?

    init() throws(HTTPServerError) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        if descriptor < 0 { throw .system("eventfd", errno) }
    }

    deinit {
        close(descriptor)
    }

    /// Leaves a message; the loop is woken only when there was none.
    func post(_ message: Message) {
        let wasEmpty = lock.withLock {
            messages.append(message)
            return messages.count == 1
        }
        if !wasEmpty { return }
        var one: UInt64 = 1
        let written = SystemCall.retried { write(descriptor, &one, 8) }
        precondition(written == 8, "eventfd write")
    }

    /// Empties the box.
    func collect() -> [Message] {
        var count: UInt64 = 0
        // Nothing to read is no failure: the box is looked into anyway.
        let result = SystemCall.retried { read(descriptor, &count, 8) }
        precondition(result == 8 || errno == EAGAIN, "eventfd read")
        return lock.withLock {
            let all = messages
            messages = []
            return all
        }
    }

    /// Makes the calling thread the loop's.
    func bindToThread() {
        thread = pthread_self()
    }

    /// Runs `body`, which may answer the request `token`, and returns the answer if it did so.
    func asking(_ token: UInt64, _ body: () -> Void) -> HTTPResponse? {
        asked = token
        body()
        asked = 0
        defer { atOnce = nil }
        return atOnce
    }

    /// Whether the calling thread is the loop's, in the midst of asking the request `token`.
    private func isAsking(_ token: UInt64) -> Bool {
        // `thread` was set before the first request came out of the loop.
        guard let thread, pthread_equal(thread, pthread_self()) != 0 else { return false }
        return asked == token
    }

    /// Has the loop go on with a request, from any thread.
    func resume(descriptor: Int32, token: UInt64, _ body: @escaping @Sendable () -> Void) {
        if isAsking(token) { return body() }
        post(.resume(descriptor: descriptor, token: token, body))
    }

    /// Brings an answer, from any thread.
    func deliver(_ response: HTTPResponse, descriptor: Int32, token: UInt64) {
        if isAsking(token) {
            asked = 0
            atOnce = response
        } else {
            post(
                .resume(descriptor: descriptor, token: token) {
                    self.deliver(response, descriptor: descriptor, token: token)
                }
            )
        }
    }
}

/// The way to answer one request.
public struct Responder: Sendable {
    let mailbox: Mailbox
    let descriptor: Int32
    let token: UInt64

    /// Sends the answer, from any thread, at once or later.
    ///
    /// Only the first answer to a request counts, and one that comes after the peer has gone or
    /// after `ServerLimits.answerTime` is dropped.
    public func send(_ response: HTTPResponse) {
        mailbox.deliver(response, descriptor: descriptor, token: token)
    }

    /// Goes on with the request on the thread of its event loop, from any thread: `body` runs at once
    /// where the caller is that thread and has the request in hand, else in its turn.
    ///
    /// The loop serves nobody else meanwhile: `body` must not block. It runs although the peer may have
    /// gone.
    public func resume(_ body: @escaping @Sendable () -> Void) {
        mailbox.resume(descriptor: descriptor, token: token, body)
    }
}
