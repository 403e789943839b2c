import Crypto

/// A stored password hash: `$kh-scrypt$ln=14,r=8,p=5,pep=1$SALT$HASH`, a PHC string.
///
/// HASH is HMAC-SHA-256 under the pepper `pep` of scrypt(password, SALT). SALT and HASH are
/// base 64 without padding (github.com/P-H-C/phc-string-format).
struct PasswordHash: Sendable, Hashable {
    /// What a hash costs.
    struct Cost: Sendable, Hashable {
        /// log2 of scrypt's N.
        let logN: Int
        let r: Int
        let p: Int

        /// OWASP's equivalent of N = 2^17, p = 1 in 16 MiB: many hashes at once must fit.
        static let current = Cost(logN: 14, r: 8, p: 5)
        /// A row that someone wrote into the file must not make the service work for minutes.
        var isAcceptable: Bool {
            (10...17).contains(logN) && (1...16).contains(r) && (1...16).contains(p)
                && (1 << logN) * r <= 1 << 20 && work <= 4 * (1 << 14) * 8 * 5
        }

        /// The work, as N · r · p.
        var work: Int { (1 << logN) * r * p }

        /// What is left of the work of `whole` after this; `nil` where that is next to nothing.
        func rest(of whole: Cost) -> Cost? {
            let block = (1 << whole.logN) * whole.r
            let p = (whole.work - work + block / 2) / block
            return p > 0 ? Cost(logN: whole.logN, r: whole.r, p: p) : nil
        }
    }

    let cost: Cost
    let pepper: Int
    let salt: [UInt8]
    let hash: [UInt8]

    static let saltLength = 16
    static let hashLength = 32

    init(cost: Cost, pepper: Int, salt: [UInt8], hash: [UInt8]) {
        (self.cost, self.pepper, self.salt, self.hash) = (cost, pepper, salt, hash)
    }

    /// Reads a PHC string; `nil` for anything but what `description` prints, and for a cost beyond
    /// what is ever obeyed.
    init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "kh-scrypt" else { return nil }
        let names = ["ln", "r", "p", "pep"]
        let settings = parts[2].split(separator: ",", omittingEmptySubsequences: false)
        guard settings.count == names.count else { return nil }
        var numbers: [Int] = []
        for (name, setting) in zip(names, settings) {
            guard setting.hasPrefix(name + "="),
                let number = Int(setting.dropFirst(name.utf8.count + 1)),
                (1...65_535).contains(number)
            else { return nil }
            numbers.append(number)
        }
        cost = Cost(logN: numbers[0], r: numbers[1], p: numbers[2])
        pepper = numbers[3]
        guard cost.isAcceptable, let salt = PasswordHash.decoded(parts[3]),
            let hash = PasswordHash.decoded(parts[4]), salt.count == PasswordHash.saltLength,
            hash.count == PasswordHash.hashLength
        else { return nil }
        (self.salt, self.hash) = (salt, hash)
        guard description == text else { return nil }
    }

    private static func decoded(_ text: Substring) -> [UInt8]? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return try? Base64.standard.decode(text + padding)
    }

    private static func encoded(_ bytes: [UInt8]) -> String {
        String(Base64.standard.encode(bytes).prefix { $0 != "=" })
    }
}

extension PasswordHash: CustomStringConvertible {
    /// The PHC string.
    var description: String {
        "$kh-scrypt$ln=\(cost.logN),r=\(cost.r),p=\(cost.p),pep=\(pepper)"
            + "$\(PasswordHash.encoded(salt))$\(PasswordHash.encoded(hash))"
    }
}
