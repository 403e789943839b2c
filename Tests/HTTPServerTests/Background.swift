import Glibc

/// Work on a thread of its own.
final class Background: Sendable {
    struct Failure: Error {
        let number: Int32
    }

    private let done = Guarded(false)
    private let thread: pthread_t

    init(_ body: @escaping @Sendable () -> Void) throws {
        let done = done
        var thread = pthread_t()
        let work = Unmanaged.passRetained(
            Work {
                body()
                done.with { $0 = true }
            }
        )
        let result = pthread_create(
            &thread,
            nil,
            { argument in
                if let argument {
                    Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                }
                return nil
            },
            work.toOpaque()
        )
        if result != 0 { throw Failure(number: result) }
        self.thread = thread
    }

    var isDone: Bool { done.with { $0 } }

    /// Waits for the end; once.
    func join() {
        pthread_join(thread, nil)
    }

    /// Waits for nothing; instead of `join`.
    func detach() {
        pthread_detach(thread)
    }

    private final class Work {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}
