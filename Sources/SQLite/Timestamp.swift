import Glibc

/// A moment in milliseconds since 1970-01-01T00:00:00Z, as every table stores it.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970, UTC, without leap seconds.
    public let milliseconds: Int64

    /// The moment that many milliseconds after the start of 1970.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The earlier of two moments comes first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The moment `duration` later; fractions of a millisecond are dropped.
    public static func + (moment: Timestamp, duration: Duration) -> Timestamp {
        Timestamp(milliseconds: moment.milliseconds + duration.inMilliseconds)
    }

    /// The moment `duration` earlier; fractions of a millisecond are dropped.
    public static func - (moment: Timestamp, duration: Duration) -> Timestamp {
        Timestamp(milliseconds: moment.milliseconds - duration.inMilliseconds)
    }

    /// The time from `right` to `left`.
    public static func - (left: Timestamp, right: Timestamp) -> Duration {
        .milliseconds(left.milliseconds - right.milliseconds)
    }

    /// The present by the system's clock.
    public static func systemNow() -> Timestamp {
        var time = timespec()
        let code = clock_gettime(CLOCK_REALTIME, &time)
        precondition(code == 0, "no clock")
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}

extension Duration {
    /// Whole milliseconds; what is less is dropped.
    public var inMilliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}

/// Where the present comes from: the system, or a test's own hand.
public struct WallClock: Sendable {
    /// The present.
    public let now: @Sendable () -> Timestamp

    /// A clock that asks `now`.
    public init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

    /// The system's clock.
    public static let system = WallClock(now: Timestamp.systemNow)
}
