/// A table's data key as it is stored: sealed with a key-encryption key.
///
/// `wrapped` is key-encryption key version (2 bytes, big-endian) ‖ nonce ‖ ciphertext ‖ tag; its
/// associated data is "data key" ‖ 0 ‖ table ‖ 0 ‖ version (8, big-endian) ‖ the first two bytes.
public struct WrappedKey: Hashable, Sendable {
    /// The table whose values the key seals.
    public let table: String
    /// The version of the data key, 1 to 65,535.
    public let version: Int
    /// The sealed key.
    public let wrapped: [UInt8]

    /// A stored key, not verified yet.
    public init(table: String, version: Int, wrapped: [UInt8]) {
        self.table = table
        self.version = version
        self.wrapped = wrapped
    }

    /// The version of the key-encryption key it is sealed with; `nil` when it is too short.
    public var keyEncryptionVersion: Int? {
        wrapped.count > 2 ? Int(wrapped[0]) << 8 | Int(wrapped[1]) : nil
    }

    init(
        table: String,
        version: Int,
        key: Secret,
        under keys: VersionedKeys
    ) throws(CryptoError) {
        let mark = [UInt8(keys.currentVersion >> 8), UInt8(keys.currentVersion & 0xff)]
        let sealed = try AESGCM(key: keys.current).seal(
            key,
            aad: WrappedKey.place(table, version, mark)
        )
        self.init(table: table, version: version, wrapped: mark + sealed)
    }

    func unwrapped(by keys: VersionedKeys) throws(CryptoError) -> Secret {
        guard let keyVersion = keyEncryptionVersion else { throw .notAuthentic }
        let cipher = try AESGCM(key: try keys.key(keyVersion))
        return try cipher.openSecret(
            Array(wrapped[2...]),
            aad: WrappedKey.place(table, version, Array(wrapped[..<2]))
        )
    }

    private static func place(_ table: String, _ version: Int, _ mark: [UInt8]) -> [UInt8] {
        let number = (0..<8).map { UInt8(truncatingIfNeeded: version >> (56 - 8 * $0)) }
        return Array("data key".utf8) + [0] + Array(table.utf8) + [0] + number + mark
    }
}

/// The data keys of all tables, unwrapped: what seals and opens records.
public struct SealingKeys: Sendable {
    private let keys: [String: [Int: Secret]]
    private let sealers: [String: Sealer]

    /// Opens stored keys; the newest of each table seals, the others only open.
    /// - Throws: `CryptoError.notAuthentic`, `unknownKeyVersion`, `wrongKeyLength`.
    public init(unwrapping stored: [WrappedKey], keyRing: KeyRing) throws(CryptoError) {
        var keys: [String: [Int: Secret]] = [:]
        for key in stored {
            keys[key.table, default: [:]][key.version] = try key.unwrapped(
                by: keyRing.keyEncryption
            )
        }
        var sealers: [String: Sealer] = [:]
        for (table, versions) in keys {
            sealers[table] = try Sealer(
                table: table,
                keys: versions,
                current: versions.keys.max() ?? 0
            )
        }
        self.keys = keys
        self.sealers = sealers
    }

    /// A new random data key for each table, sealed with the newest key-encryption key.
    ///
    /// `version` is 1 for a new database, one more than the newest to rotate data keys.
    /// - Throws: `CryptoError.unknownKeyVersion` for a version outside 1 to 65,535.
    public static func generate(
        tables: [String],
        version: Int = 1,
        keyRing: KeyRing
    ) throws(CryptoError) -> [WrappedKey] {
        guard (1...Int(UInt16.max)).contains(version) else { throw .unknownKeyVersion(version) }
        var made: [WrappedKey] = []
        for table in tables {
            made.append(
                try WrappedKey(
                    table: table,
                    version: version,
                    key: .random(count: AESGCM.keyLength),
                    under: keyRing.keyEncryption
                )
            )
        }
        return made
    }

    /// All data keys sealed anew with the newest key-encryption key of `keyRing`, by table and
    /// version.
    /// - Throws: never in practice: the keys were unwrapped before.
    public func wrapped(by keyRing: KeyRing) throws(CryptoError) -> [WrappedKey] {
        var made: [WrappedKey] = []
        for (table, versions) in keys.sorted(by: { $0.key < $1.key }) {
            for (version, key) in versions.sorted(by: { $0.key < $1.key }) {
                made.append(
                    try WrappedKey(
                        table: table,
                        version: version,
                        key: key,
                        under: keyRing.keyEncryption
                    )
                )
            }
        }
        return made
    }

    /// The sealer of a table.
    /// - Throws: `CryptoError.unknownTable`.
    public func sealer(for table: String) throws(CryptoError) -> Sealer {
        guard let sealer = sealers[table] else { throw .unknownTable(table) }
        return sealer
    }
}
