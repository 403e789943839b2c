import Glibc

/// How many descriptors this process may hold at once: one for each connection and each open file.
public enum DescriptorLimit {
    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

    /// Raises the soft limit, which is 1024 on most systems, to the hard one.
    ///
    /// The low one is there for programs that call `select`, whose sets end at 1024; nothing here
    /// does. Where the system refuses, the old one stays, and a server holds its connections to that.
    public static func raise() {
        var limit = inForce
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
    }

    /// The soft limit, which is the one that counts.
    static var current: Int { Int(clamping: inForce.rlim_cur) }

    private static var inForce: rlimit {
        var limit = rlimit()
        let result = getrlimit(resource, &limit)
        precondition(result == 0, "getrlimit")
        return limit
    }
}
