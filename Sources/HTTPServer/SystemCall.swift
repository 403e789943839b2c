import Glibc

/// What every system call needs.
enum SystemCall {
    /// Calls again for as long as a signal interrupts.
    @inline(__always)
    static func retried<Number: SignedInteger>(_ call: () -> Number) -> Number {
        while true {
            let result = call()
            if result != -1 || errno != EINTR { return result }
        }
    }
}
