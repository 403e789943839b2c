import Glibc

/// The keys of a school, read from its key folder.
///
/// The folder holds a file a key, named by kind and version (`kek-1`, `log-ed25519-2`) or
/// `numbers`, each 32 random bytes as 64 lower-case hex digits and a newline. The folder must be
/// 0700 or 0500 and the files 0400, owned by the process's user or root, without symbolic links;
/// on a read-only file system (systemd's credentials) a group may read too, others never. What
/// else lies in the folder (TLS files, the newest checkpoint) is not looked at.
public struct KeyRing: Sendable {
    /// A kind of key of which there are versions.
    public enum Kind: String, CaseIterable, Sendable {
        /// Wraps the data keys of the tables.
        case keyEncryption = "kek"
        /// Goes over password hashes.
        case pepper
        /// Makes search tokens and finds addresses.
        case index
        /// Makes the commitments in the access log.
        case commitment = "commit"
        /// Signs device cookies.
        case device
        /// Seals the cursors of lists.
        case cursor
        /// Signs the access log's checkpoints (an Ed25519 seed).
        case logSigning = "log-ed25519"
    }

    /// Wrap the data keys of the tables.
    public let keyEncryption: VersionedKeys
    /// Go over password hashes.
    public let pepper: VersionedKeys
    /// Make search tokens and find addresses.
    public let index: VersionedKeys
    /// Make the commitments in the access log.
    public let commitment: VersionedKeys
    /// Sign device cookies.
    public let device: VersionedKeys
    /// Seal the cursors of lists.
    public let cursor: VersionedKeys
    /// Seeds of the keys that sign checkpoints.
    public let logSigning: VersionedKeys
    /// Permutes the incident numbers; there is one for ever.
    public let numbers: Secret

    /// Reads and checks the key folder.
    /// - Throws: `CryptoError.keyFolder`, naming the file that is wrong.
    public init(folder path: String) throws(CryptoError) {
        let folder = try KeyFolder(opening: path)
        var found: [Kind: [Int: Secret]] = [:]
        var numbers: Secret?
        for name in try folder.names() {
            switch try KeyName(name, in: folder) {
            case .numbers: numbers = try folder.readKey(name)
            case .key(let kind, let version):
                found[kind, default: [:]][version] = try folder.readKey(name)
            case nil: continue
            }
        }
        func keys(_ kind: Kind) throws(CryptoError) -> VersionedKeys {
            guard let keys = VersionedKeys(found[kind] ?? [:]) else {
                throw folder.refusal("\(kind.rawValue)-1", "is missing")
            }
            return keys
        }
        keyEncryption = try keys(.keyEncryption)
        pepper = try keys(.pepper)
        index = try keys(.index)
        commitment = try keys(.commitment)
        device = try keys(.device)
        cursor = try keys(.cursor)
        logSigning = try keys(.logSigning)
        guard let numbers else { throw folder.refusal("numbers", "is missing") }
        self.numbers = numbers
    }

    /// Makes the folder if need be, and the first key of every kind in it, durably.
    ///
    /// Refuses a folder that holds anything but a README.md and a .gitignore, and closes one that
    /// others may enter; what it made is removed again when it fails half-way.
    /// - Returns: what was made, for whoever needs it no more when the next step fails.
    /// - Throws: `CryptoError.keyFolder`.
    @discardableResult
    public static func create(in path: String) throws(CryptoError) -> NewKeys {
        var keys = NewKeys(folder: try KeyFolder(creating: path))
        // Looked at once it is closed: whoever could write to it before may have left something.
        try keys.folder.refuseContents()
        do throws(CryptoError) {
            for name in Kind.allCases.map({ "\($0.rawValue)-1" }) + ["numbers"] {
                try keys.add(name)
            }
            try keys.folder.sync()
        } catch {
            keys.remove()
            throw error
        }
        return keys
    }

    /// Adds the next version of a key of `kind`, durably, and returns its number.
    ///
    /// A ring that was read before does not know it: read the folder again.
    /// - Throws: `CryptoError.keyFolder`.
    public static func addKey(_ kind: Kind, in path: String) throws(CryptoError) -> Int {
        let folder = try KeyFolder(opening: path)
        var newest = 0
        for name in try folder.names() {
            if case .key(kind, let version) = try KeyName(name, in: folder) {
                newest = max(newest, version)
            }
        }
        guard newest < KeyName.highestVersion else {
            throw folder.refusal("\(kind.rawValue)-\(newest)", "is the last version there can be")
        }
        try folder.writeKey("\(kind.rawValue)-\(newest + 1)", .random(count: KeyFolder.keyLength))
        try folder.sync()
        return newest + 1
    }

    /// Removes a key that nothing was made with any more; the newest of its kind cannot go.
    /// - Throws: `CryptoError.keyFolder`.
    public static func retireKey(
        _ kind: Kind,
        version: Int,
        in path: String
    ) throws(CryptoError) {
        let folder = try KeyFolder(opening: path)
        let name = "\(kind.rawValue)-\(version)"
        var newest = 0
        for other in try folder.names() {
            if case .key(kind, let found) = try KeyName(other, in: folder) {
                newest = max(newest, found)
            }
        }
        guard version < newest else { throw folder.refusal(name, "is the newest of its kind") }
        guard folder.remove(name) else { throw folder.refusal(name, "cannot be removed") }
        try folder.sync()
    }

    /// A value of each key, by the name of its file, that tells it from every other and tells nothing
    /// of it: for knowing a school's keys again.
    public var checkValues: [String: [UInt8]] {
        let kinds: [(Kind, VersionedKeys)] = [
            (.keyEncryption, keyEncryption), (.pepper, pepper), (.index, index),
            (.commitment, commitment), (.device, device), (.cursor, cursor),
            (.logSigning, logSigning),
        ]
        var keys = ["numbers": numbers]
        for (kind, versions) in kinds {
            for (version, key) in versions.all { keys["\(kind.rawValue)-\(version)"] = key }
        }
        return keys.reduce(into: [:]) { values, key in
            let text = Array("keyholder key check\0\(key.key)".utf8)
            values[key.key] = Array(HMACKey(key.value).authenticate(text).prefix(16))
        }
    }

    /// The key that signs new checkpoints.
    /// - Throws: never in practice: the seed's length was checked when it was read.
    public func currentLogSigningKey() throws(CryptoError) -> SigningKey {
        try SigningKey(seed: logSigning.current)
    }

    /// The cipher that seals new cursors of lists.
    /// - Throws: never in practice: the key's length was checked when it was read.
    public func currentCursorCipher() throws(CryptoError) -> AESGCM {
        try AESGCM(key: cursor.current)
    }
}

/// Keys that `KeyRing.create` has just made.
public struct NewKeys: ~Copyable {
    let folder: KeyFolder
    private var names: [String] = []

    init(folder: consuming KeyFolder) { self.folder = folder }

    mutating func add(_ name: String) throws(CryptoError) {
        try folder.writeKey(name, .random(count: KeyFolder.keyLength))
        names.append(name)
    }

    /// Removes them, and the folder where it was made with them and holds nothing else.
    ///
    /// Only while nothing was sealed with them.
    /// - Returns: `false` when one of them cannot be removed.
    @discardableResult
    public consuming func remove() -> Bool {
        var isGone = true
        for name in names where !folder.remove(name) { isGone = false }
        if folder.isNew { folder.removeIfEmpty() }
        return isGone
    }
}

/// What a file name in the key folder means.
private enum KeyName {
    case key(KeyRing.Kind, version: Int)
    case numbers

    /// Sealed values carry the version in two bytes.
    static let highestVersion = 65_535

    /// `nil` for a file that is no key.
    ///
    /// A name that only looks like a key's is refused, since the operator who wrote `kek-02`
    /// believes that there is one.
    init?(_ name: String, in folder: borrowing KeyFolder) throws(CryptoError) {
        if name == "numbers" {
            self = .numbers
            return
        }
        for kind in KeyRing.Kind.allCases where name.hasPrefix(kind.rawValue + "-") {
            let suffix = name.dropFirst(kind.rawValue.count + 1)
            guard let version = Int(suffix), String(version) == suffix,
                (1...KeyName.highestVersion).contains(version)
            else { throw folder.refusal(name, "is not named by kind and version") }
            self = .key(kind, version: version)
            return
        }
        return nil
    }
}
