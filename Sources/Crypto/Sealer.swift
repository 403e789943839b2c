/// Seals the values of one table, each bound to its column, its row and its key's version.
///
/// A sealed value is format (1 byte, 1) ‖ key version (2, big-endian) ‖ nonce (12) ‖ ciphertext ‖
/// tag (16): 31 bytes longer than its content. The associated data is table ‖ 0 ‖ column ‖ 0 ‖
/// row (8, big-endian) ‖ key version (2), so that a value copied elsewhere does not open.
public struct Sealer: Sendable {
    /// How much longer a sealed value is than its content.
    public static let overhead = headerLength + AESGCM.overhead

    private static let format: UInt8 = 1
    private static let headerLength = 3

    /// The key version that new values are sealed with.
    public let currentVersion: Int

    private let table: [UInt8]
    private let ciphers: [Int: AESGCM]
    private let current: AESGCM

    /// A sealer for `table` with keys by version (1 to 65,535), 32 bytes each.
    /// - Throws: `CryptoError.unknownKeyVersion` when `current` or a version is out of place,
    ///   `wrongKeyLength`.
    public init(table: String, keys: [Int: Secret], current: Int) throws(CryptoError) {
        precondition(!table.utf8.contains(0), "a table name without a zero byte")
        var ciphers: [Int: AESGCM] = [:]
        for (version, key) in keys {
            guard (1...Int(UInt16.max)).contains(version) else {
                throw .unknownKeyVersion(version)
            }
            ciphers[version] = try AESGCM(key: key)
        }
        guard let cipher = ciphers[current] else { throw .unknownKeyVersion(current) }
        self.table = Array(table.utf8)
        self.ciphers = ciphers
        self.current = cipher
        currentVersion = current
    }

    /// Seals `content` for one place.
    public func seal(_ content: [UInt8], column: StaticString, row: Int64) -> [UInt8] {
        content.withUnsafeBytes { seal($0, column: column, row: row) }
    }

    /// Seals the UTF-8 of `text` for one place.
    public func seal(_ text: String, column: StaticString, row: Int64) -> [UInt8] {
        var text = text
        return text.withUTF8 { seal(UnsafeRawBufferPointer($0), column: column, row: row) }
    }

    /// Seals a secret for one place: a content key, a seed.
    public func seal(_ secret: Secret, column: StaticString, row: Int64) -> [UInt8] {
        secret.withBytes { seal($0, column: column, row: row) }
    }

    /// Seals a buffer for one place.
    public func seal(
        _ content: UnsafeRawBufferPointer,
        column: StaticString,
        row: Int64
    ) -> [UInt8] {
        let version = UInt16(currentVersion)
        return current.seal(
            content,
            aad: place(column, row, version),
            header: [Sealer.format, UInt8(version >> 8), UInt8(version & 0xff)]
        )
    }

    /// Opens what was sealed for the same place.
    /// - Throws: `CryptoError.notAuthentic`, or `unknownKeyVersion` for a key that is not at hand.
    public func open(
        _ sealed: [UInt8],
        column: StaticString,
        row: Int64
    ) throws(CryptoError) -> [UInt8] {
        try sealed.span.bytes.withUnsafeBytes { (bytes) throws(CryptoError) in
            try open(bytes, column: column, row: row)
        }
    }

    /// Opens a buffer that was sealed for the same place.
    /// - Throws: `CryptoError.notAuthentic`, or `unknownKeyVersion` for a key that is not at hand.
    public func open(
        _ sealed: UnsafeRawBufferPointer,
        column: StaticString,
        row: Int64
    ) throws(CryptoError) -> [UInt8] {
        let (cipher, version) = try cipher(of: sealed)
        return try cipher.open(
            UnsafeRawBufferPointer(rebasing: sealed[Sealer.headerLength...]),
            aad: place(column, row, version)
        )
    }

    /// Opens a text that was sealed for the same place.
    /// - Throws: as `open`; `CryptoError.malformed` when the content is not UTF-8.
    public func openText(
        _ sealed: [UInt8],
        column: StaticString,
        row: Int64
    ) throws(CryptoError) -> String {
        let bytes = try open(sealed, column: column, row: row)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .malformed(encoding: "utf-8", offset: 0)
        }
        return text
    }

    /// Opens a secret that was sealed for the same place.
    /// - Throws: as `open`.
    public func openSecret(
        _ sealed: [UInt8],
        column: StaticString,
        row: Int64
    ) throws(CryptoError) -> Secret {
        let (cipher, version) = try sealed.span.bytes.withUnsafeBytes {
            (bytes) throws(CryptoError) in
            try self.cipher(of: bytes)
        }
        return try cipher.openSecret(
            Array(sealed[Sealer.headerLength...]),
            aad: place(column, row, version)
        )
    }

    /// The version of the key that `sealed` was made with; `nil` when it is no sealed value.
    public static func keyVersion(of sealed: [UInt8]) -> Int? {
        guard sealed.count >= overhead, sealed[0] == format else { return nil }
        return Int(sealed[1]) << 8 | Int(sealed[2])
    }

    private func cipher(
        of sealed: UnsafeRawBufferPointer
    ) throws(CryptoError) -> (AESGCM, UInt16) {
        guard sealed.count >= Sealer.overhead, sealed[0] == Sealer.format else {
            throw .notAuthentic
        }
        let version = UInt16(sealed[1]) << 8 | UInt16(sealed[2])
        guard let cipher = ciphers[Int(version)] else {
            throw .unknownKeyVersion(Int(version))
        }
        return (cipher, version)
    }

    private func place(_ column: StaticString, _ row: Int64, _ version: UInt16) -> [UInt8] {
        let count = table.count + 1 + column.utf8CodeUnitCount + 1 + 8 + 2
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            var end = buffer.update(fromContentsOf: table)
            func append(_ byte: UInt8) {
                buffer[end] = byte
                end += 1
            }
            append(0)
            column.withUTF8Buffer { for byte in $0 { append(byte) } }
            append(0)
            for shift in stride(from: 56, through: 0, by: -8) {
                append(UInt8(truncatingIfNeeded: row >> Int64(shift)))
            }
            append(UInt8(version >> 8))
            append(UInt8(version & 0xff))
            initialized = end
        }
    }
}
