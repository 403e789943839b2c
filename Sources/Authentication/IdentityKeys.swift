import Crypto

/// The keys of this module, ready to use.
struct IdentityKeys: Sendable {
    let account: Sealer
    let session: Sealer
    let authenticator: Sealer
    let approval: Sealer

    private let index: HMACKey
    private let bucket: HMACKey
    private let peppers: [Int: HMACKey]
    private let devices: [HMACKey]
    /// The pepper that new hashes are made with.
    let pepperVersion: Int

    init(keyRing: KeyRing, sealing: SealingKeys) throws(CryptoError) {
        account = try sealing.sealer(for: "account")
        session = try sealing.sealer(for: "session")
        authenticator = try sealing.sealer(for: "authenticator")
        approval = try sealing.sealer(for: "approval")
        let index = HMACKey(keyRing.index.current)
        // The index key serves the search of other modules too: each use has a key of its own.
        self.index = index.derived("account address")
        bucket = index.derived("throttle bucket")
        peppers = keyRing.pepper.all.mapValues { HMACKey($0) }
        pepperVersion = keyRing.pepper.currentVersion
        devices =
            try [keyRing.device.current]
            .map { HMACKey($0).derived("device cookie") }
            + keyRing.device.versions.dropLast().reversed()
            .map { (version) throws(CryptoError) in
                HMACKey(try keyRing.device.key(version)).derived("device cookie")
            }
    }

    /// The keyed index by which an address is found, 32 bytes.
    func addressIndex(_ address: EmailAddress) -> [UInt8] {
        index.authenticate(Array(address.text.utf8))
    }

    /// 64 bits by which something is put into one of a fixed number of throttle buckets.
    func bucketHash(_ parts: [UInt8]...) -> UInt64 {
        var message: [UInt8] = []
        for part in parts {
            // Each part is preceded by its length, so that no two lists of parts look the same.
            message += [UInt8(truncatingIfNeeded: part.count >> 8), UInt8(part.count & 0xff)]
            message += part
        }
        return bucket.authenticate(message).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A hash of a short code that only one account can have made, under a pepper.
    func codeHash(_ purpose: StaticString, account: Int64, code: [UInt8], version: Int) -> [UInt8]?
    {
        peppers[version]?.derived(purpose).authenticate(bigEndian(account), code)
    }

    /// A password hash under a pepper; `nil` for a version that is not at hand.
    func peppered(_ hash: Secret, version: Int) -> Secret? {
        peppers[version]?.derived("password").authenticate(hash)
    }

    /// The mark of a device cookie under the newest key.
    func deviceMark(_ device: [UInt8]) -> [UInt8] { devices[0].authenticate(device) }

    /// Whether a device cookie's mark is one of ours, under any key at hand.
    func isDeviceMark(_ mark: [UInt8], of device: [UInt8]) -> Bool {
        devices.contains { $0.isValid(mark, for: device) }
    }
}

extension HMACKey {
    /// A key for one purpose alone.
    func derived(_ purpose: StaticString) -> HMACKey {
        HMACKey(authenticate(Secret(purpose.withUTF8Buffer { Array($0) })))
    }
}

func bigEndian(_ value: Int64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) }
}
