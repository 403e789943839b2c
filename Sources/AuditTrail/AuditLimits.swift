/// The limits of what is logged, read and parsed.
public enum AuditLimits {
    /// Incidents and pupils one entry can disclose; a longer list is disclosed in pages.
    public static let subjects = 200
    /// Policies that decide together; the school's whole set is smaller.
    public static let policies = 64
    /// Bytes of a subject or a policy's id, the longest ids the service gives.
    public static let name = 128
    /// Bytes of an action, an address (IPv6 with its zone has 61), a request's id or a set's hash.
    public static let word = 128
    /// Bytes of a resource.
    public static let resource = 256
    /// Bytes of a reason: a policy's own sentence.
    public static let reason = 1_000
    /// Entries on one page of the log.
    public static let page = 500
    /// Rows one page looks at: some 0.1 s of a reader that serves others too.
    public static let scan = 100_000
    /// Bytes of a signed note: a checkpoint with 16 cosignatures, each up to 5 kB.
    public static let note = 128 << 10
    /// Signatures on a note; c2sp.org/signed-note asks for 16 at least.
    public static let signatures = 64
    /// What the verifier lists before it stops: the first is enough to call for help.
    public static let problems = 100
}
