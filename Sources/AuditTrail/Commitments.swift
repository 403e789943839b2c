public import Crypto
import SQLite

/// Hides the sensitive values of the log's leaves, so that whoever verifies the tree reads nothing.
///
/// An entry has a key of its own, HMAC(commitment key, "entry" ‖ 0 ‖ index); a value is committed
/// to by SHA-256(entry key ‖ field name ‖ 0 ‖ value). Whoever is given the key of one entry can
/// open that entry and no other.
public struct Commitments: Sendable {
    /// The version of the key that new entries are committed with.
    public let currentVersion: Int
    private let current: HMACKey
    private let keys: [Int: HMACKey]

    /// The commitments of a school's keys, `KeyRing.commitment`.
    public init(_ keys: VersionedKeys) {
        currentVersion = keys.currentVersion
        current = HMACKey(keys.current)
        self.keys = keys.all.mapValues { HMACKey($0) }
    }

    /// The key that opens the entry at `index`, committed with the key of `version`.
    /// - Throws: `AuditError.unknownCommitmentKey`.
    public func entryKey(index: Int, version: Int) throws(AuditError) -> Digest {
        guard let key = version == currentVersion ? current : keys[version] else {
            throw .unknownCommitmentKey(version: version)
        }
        return withUnsafeTemporaryAllocation(byteCount: 14, alignment: 8) { buffer in
            buffer.copyBytes(from: [0x65, 0x6e, 0x74, 0x72, 0x79, 0])  // "entry", 0
            buffer.storeBytes(of: UInt64(index).bigEndian, toByteOffset: 6, as: UInt64.self)
            return key.authenticate(UnsafeRawBufferPointer(buffer))
        }
    }

    /// An actor for an address that no account has: the same one for the same address, and nothing
    /// that tells the address.
    ///
    /// `address` is in the form that accounts are looked up by.
    public func unknownActor(address: String) -> Entry.Actor {
        let code = current.authenticate(Array("address".utf8), [0], Array(address.utf8))
        // 128 bits tell all addresses ever tried apart.
        return .unknown(commitment: Base64.url.encode(Array(code[..<16])))
    }

    /// The commitment to the value of one field of the entry with `key`.
    public static func commitment(to value: String, field: StaticString, key: Digest) -> Digest {
        var value = value
        return value.withUTF8 { value in
            let count = Digest.count + field.utf8CodeUnitCount + 1 + value.count
            return withUnsafeTemporaryAllocation(byteCount: count, alignment: 8) { buffer in
                key.withBytes { buffer.copyMemory(from: $0) }
                var end = Digest.count
                field.withUTF8Buffer { name in
                    for byte in name {
                        buffer[end] = byte
                        end += 1
                    }
                }
                buffer[end] = 0
                UnsafeMutableRawBufferPointer(rebasing: buffer[(end + 1)...])
                    .copyMemory(from: UnsafeRawBufferPointer(value))
                return SHA256.hash(UnsafeRawBufferPointer(buffer))
            }
        }
    }
}
