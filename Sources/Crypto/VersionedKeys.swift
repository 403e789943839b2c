/// The keys of one kind by version; the newest is the one to write with.
public struct VersionedKeys: Sendable {
    /// The highest version, with which everything new is made.
    public let currentVersion: Int
    /// The key of `currentVersion`.
    public let current: Secret

    private let keys: [Int: Secret]

    /// `nil` for no keys at all.
    init?(_ keys: [Int: Secret]) {
        guard let newest = keys.max(by: { $0.key < $1.key }) else { return nil }
        currentVersion = newest.key
        current = newest.value
        self.keys = keys
    }

    /// The versions at hand, oldest first.
    public var versions: [Int] { keys.keys.sorted() }

    /// All keys by version, as `Sealer` takes them.
    public var all: [Int: Secret] { keys }

    /// The key that something of `version` was made with.
    /// - Throws: `CryptoError.unknownKeyVersion`.
    public func key(_ version: Int) throws(CryptoError) -> Secret {
        guard let key = keys[version] else { throw .unknownKeyVersion(version) }
        return key
    }
}
