public import Crypto

/// A key that signs notes, by the name and id under which verifiers know it
/// (c2sp.org/signed-note).
public struct NoteKey: Hashable, Sendable {
    /// Who signs; for a log, its origin.
    public let name: String
    /// The public key.
    public let key: VerifyingKey
    /// The first four bytes of SHA-256(name ‖ newline ‖ 0x01 ‖ public key).
    public let id: [UInt8]

    private static let ed25519: UInt8 = 1

    /// The key of a name without spaces and plus signs.
    /// - Throws: `AuditError.malformedKey` for any other name.
    public init(name: String, key: VerifyingKey) throws(AuditError) {
        guard NoteKey.isName(name) else { throw .malformedKey }
        self.name = name
        self.key = key
        id = Array(
            SHA256.hash(Array(name.utf8), [UInt8(ascii: "\n"), NoteKey.ed25519], key.bytes)[..<4]
        )
    }

    /// Reads `name+id+key`: the id in hex, the key in base 64 after a byte 1 for Ed25519.
    /// - Throws: `AuditError.malformedKey`, also when the id is not that of the key.
    public init(parsing text: String) throws(AuditError) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3,
            let id = try? Hex.decode(String(parts[1])),
            let bytes = try? Base64.standard.decode(String(parts[2])),
            bytes.first == NoteKey.ed25519,
            let key = try? VerifyingKey(Array(bytes.dropFirst()))
        else { throw .malformedKey }
        try self.init(name: String(parts[0]), key: key)
        guard id == self.id else { throw .malformedKey }
    }

    /// The text that `init(parsing:)` reads, to be given to verifiers.
    public var text: String {
        let key = Base64.standard.encode([NoteKey.ed25519] + key.bytes)
        return "\(name)+\(Hex.encode(id))+\(key)"
    }

    static func isName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty
            && !name.unicodeScalars.contains {
                $0 == "+" || $0.properties.isWhitespace || $0.value < 0x20
            }
    }
}

/// A text and signatures over it (c2sp.org/signed-note), none of them verified yet.
public struct SignedNote: Hashable, Sendable {
    /// One signature line.
    public struct Signature: Hashable, Sendable {
        /// The name of the key.
        public let name: String
        /// The id of the key, 4 bytes.
        public let id: [UInt8]
        /// What the key's algorithm made.
        public let bytes: [UInt8]
    }

    /// What is signed, with its last newline.
    public let text: String
    /// The signatures in their order.
    public let signatures: [Signature]

    /// Signs `text`, which ends with a newline.
    init(signing text: String, name: String, with key: SigningKey) throws(AuditError) {
        let noteKey = try NoteKey(name: name, key: key.verifyingKey)
        self.text = text
        signatures = [
            Signature(name: name, id: noteKey.id, bytes: key.sign(Array(text.utf8)))
        ]
    }

    /// Reads a whole note, with every signature line well formed.
    /// - Throws: `AuditError.malformedNote`.
    public init(parsing note: String) throws(AuditError) {
        let bytes = Array(note.utf8)
        guard bytes.count <= AuditLimits.note, bytes.last == UInt8(ascii: "\n"),
            !bytes.contains(where: { $0 < 0x20 && $0 != UInt8(ascii: "\n") }),
            let blank = SignedNote.lastBlankLine(of: bytes)
        else { throw .malformedNote }
        text = String(decoding: bytes[...blank], as: UTF8.self)
        let lines = bytes[(blank + 2)...].dropLast().split(
            separator: UInt8(ascii: "\n"),
            omittingEmptySubsequences: false
        )
        guard lines.count <= AuditLimits.signatures else { throw .malformedNote }
        var signatures: [Signature] = []
        for line in lines {
            signatures.append(try SignedNote.signature(String(decoding: line, as: UTF8.self)))
        }
        self.signatures = signatures
    }

    /// The note with its signatures.
    public var note: String {
        signatures.reduce(into: text + "\n") { note, signature in
            let bytes = Base64.standard.encode(signature.id + signature.bytes)
            note += "\u{2014} \(signature.name) \(bytes)\n"
        }
    }

    /// Checks that `key` signed the text; signatures by other keys are not looked at.
    /// - Throws: `AuditError.unknownSigner`, `wrongSignature`.
    public func verify(with key: NoteKey) throws(AuditError) {
        let own = signatures.filter { $0.name == key.name && $0.id == key.id }
        guard !own.isEmpty else { throw .unknownSigner }
        for signature in own {
            guard key.key.isValid(signature.bytes, for: Array(text.utf8)) else {
                throw .wrongSignature
            }
        }
    }

    /// The place of the newline that ends the text: the blank line after it is the last one.
    private static func lastBlankLine(of bytes: [UInt8]) -> Int? {
        guard bytes.count >= 3 else { return nil }
        return (0..<bytes.count - 2).last {
            bytes[$0] == UInt8(ascii: "\n") && bytes[$0 + 1] == UInt8(ascii: "\n")
        }
    }

    private static func signature(_ line: String) throws(AuditError) -> Signature {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "\u{2014}", NoteKey.isName(parts[1]),
            let bytes = try? Base64.standard.decode(String(parts[2])), bytes.count > 4
        else { throw .malformedNote }
        return Signature(name: String(parts[1]), id: Array(bytes[..<4]), bytes: Array(bytes[4...]))
    }
}
