/// Counts the connections of all loops and holds them to their caps.
///
/// Sendable because everything variable is behind the lock.
final class Census: @unchecked Sendable {
    private let lock = Lock()
    private let limit: Int
    private let siteLimit: Int
    private var sites: [SocketAddress.Site: Int] = [:]
    private var loads: [Int]
    private var isAwaited = false
    private var counts = ServerStatistics()

    init(limits: ServerLimits, loops: Int) {
        limit = limits.connections
        siteLimit = limits.connectionsPerAddress
        loads = Array(repeating: 0, count: loops)
    }

    var statistics: ServerStatistics {
        lock.withLock { counts }
    }

    /// Whether no connection can be taken; from then on `release` tells when one can.
    func isFull() -> Bool {
        lock.withLock {
            if counts.open >= limit { isAwaited = true }
            return counts.open >= limit
        }
    }

    /// Counts a connection in and names the loop with the fewest; nil when its site has too many.
    func admit(_ site: SocketAddress.Site) -> Int? {
        lock.withLock {
            let held = sites[site, default: 0]
            if held >= siteLimit {
                counts.refused += 1
                return nil
            }
            sites[site] = held + 1
            counts.open += 1
            counts.accepted += 1
            let loop = loads.indices.min { loads[$0] < loads[$1] } ?? 0
            loads[loop] += 1
            return loop
        }
    }

    /// Counts a connection out; true when the listeners wait for that.
    func release(_ site: SocketAddress.Site, loop: Int) -> Bool {
        lock.withLock {
            let held = sites[site, default: 0]
            sites[site] = held > 1 ? held - 1 : nil
            counts.open -= 1
            loads[loop] -= 1
            defer { isAwaited = false }
            return isAwaited
        }
    }

    func refused() {
        lock.withLock { counts.refused += 1 }
    }

    func answered(_ requests: Int) {
        lock.withLock { counts.requests += requests }
    }
}

/// What a server has done since it was made.
public struct ServerStatistics: Sendable {
    /// Connections open now.
    public internal(set) var open = 0
    /// Connections accepted.
    public internal(set) var accepted = 0
    /// Connections closed at once, for their address had too many or no descriptor was left.
    public internal(set) var refused = 0
    /// Requests answered; those of a connection are added about once a second.
    public internal(set) var requests = 0
}
