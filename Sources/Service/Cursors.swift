import Crypto
import SQLite

/// Positions in lists, sealed: opaque to the caller, bound to the person and the query.
struct Cursors: Sendable {
    private let cipher: AESGCM

    init(cipher: AESGCM) { self.cipher = cipher }

    /// The text of a position.
    func seal(_ position: [Int64], for person: Identifier, query: String) -> String {
        var bytes: [UInt8] = []
        for value in position {
            withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
        }
        return Base64.url.encode(cipher.seal(bytes, aad: Cursors.binding(person, query)))
    }

    /// The position of a text that `seal` made for the same person and query.
    ///
    /// - Throws: `validation` for anything else.
    func open(_ text: String, for person: Identifier, query: String) throws(Problem) -> [Int64] {
        guard let sealed = try? Base64.url.decode(text),
            let bytes = try? cipher.open(sealed, aad: Cursors.binding(person, query)),
            bytes.count % 8 == 0
        else { throw .unknownCursor }
        return stride(from: 0, to: bytes.count, by: 8).map { start in
            bytes[start..<start + 8].reduce(0) { $0 << 8 | Int64($1) }
        }
    }

    private static func binding(_ person: Identifier, _ query: String) -> [UInt8] {
        Array("\(person)\n\(query)".utf8)
    }
}

extension Problem {
    /// 422 for a cursor that was given to somebody else, for another list, or never.
    static let unknownCursor = Problem.field("cursor", "unknown")
}
