/// A text that is no secret and is kept among the keys, where whoever changes the data does not
/// reach it: a log's newest checkpoint.
///
/// The folder and the file are held to what is asked of keys (`KeyRing`).
public struct KeptNote: Sendable {
    /// The path of the file, for messages.
    public var path: String { "\(folder)/\(name)" }

    private let folder: String
    private let name: String
    private let limit: Int

    /// Copies of one name that are put aside: somebody looks at them long before there are as many.
    private static let copies = 100

    /// The note of a name in a key folder, of at most `limit` bytes.
    public init(_ name: String, in folder: String, limit: Int) {
        self.name = name
        self.folder = folder
        self.limit = limit
    }

    /// The text; `nil` where none is kept.
    /// - Throws: `CryptoError.keyFolder` for a file that others could have written, that is too long
    ///   or no text.
    public func read() throws(CryptoError) -> String? {
        let folder = try KeyFolder(opening: folder)
        guard let bytes = try folder.contents(of: name, atMost: limit + 1) else { return nil }
        guard bytes.count <= limit, let text = String(validating: bytes, as: UTF8.self) else {
            throw folder.refusal(name, "is not a text of \(limit) bytes at the most")
        }
        return text
    }

    /// Puts a text in the place of the one that is kept, at once and durably: whoever reads has one
    /// or the other.
    /// - Throws: `CryptoError.keyFolder`, on a read-only file system too; the old text stays.
    public func write(_ text: String) throws(CryptoError) {
        try KeyFolder(opening: folder).replace(name, with: Array(text.utf8))
    }

    /// Keeps what is there under a second name too, so that the next `write` does not end it.
    ///
    /// Where something has that name, a number is added to it.
    /// - Throws: `CryptoError.keyFolder`.
    public func setAside(as other: String) throws(CryptoError) {
        let folder = try KeyFolder(opening: folder)
        for number in 1...KeptNote.copies {
            let name = number == 1 ? other : "\(other)-\(number)"
            if try folder.link(self.name, as: name) { return try folder.sync() }
        }
        throw folder.refusal(other, "has \(KeptNote.copies) copies: move them away")
    }
}
