/// An incident's number: eight digits that a person can say aloud, the last a check digit.
///
/// The check digit is Damm's (H. Michael Damm, 2004): it catches every single wrong digit and
/// every swap of neighbours.
public struct IncidentNumber: Hashable, Sendable {
    /// How many numbers there are.
    public static let range = 0..<10_000_000

    /// The first seven digits as a number.
    public let value: Int

    /// The number whose first seven digits are `value`, 0 to 9,999,999; traps outside.
    public init(value: Int) {
        precondition(IncidentNumber.range.contains(value), "an incident number has seven digits")
        self.value = value
    }

    /// Reads `48291757` or `4829-1757`, nothing else.
    /// - Throws: `CryptoError.malformedNumber`, `wrongCheckDigit`.
    public init(parsing text: String) throws(CryptoError) {
        var digits = Array(text.utf8)
        if digits.count == 9, digits[4] == UInt8(ascii: "-") { digits.remove(at: 4) }
        let zeroToNine = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard digits.count == 8, digits.allSatisfy({ zeroToNine.contains($0) }) else {
            throw .malformedNumber
        }
        let values = digits.map { Int($0 - UInt8(ascii: "0")) }
        guard IncidentNumber.interim(values) == 0 else { throw .wrongCheckDigit }
        value = values.dropLast().reduce(0) { $0 * 10 + $1 }
    }

    /// The eight digits, as in addresses and in JSON: `48291757`.
    public var digits: String { text(hyphenated: false) }

    /// The way it is shown and said: `4829-1757`.
    public var formatted: String { text(hyphenated: true) }

    private func text(hyphenated: Bool) -> String {
        var values: [Int] = []
        var rest = value
        for _ in 0..<7 {
            values.insert(rest % 10, at: 0)
            rest /= 10
        }
        values.append(IncidentNumber.interim(values))
        var text = values.map { UInt8(ascii: "0") + UInt8($0) }
        if hyphenated { text.insert(UInt8(ascii: "-"), at: 4) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The check digit of `digits`, which is 0 when they end with theirs.
    private static func interim(_ digits: [Int]) -> Int {
        digits.reduce(0) { Int(quasigroup[$0][$1]) }
    }

    /// The totally anti-symmetric quasigroup of order 10 of Damm's thesis.
    private static let quasigroup: [[UInt8]] = [
        [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
        [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
        [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
        [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
        [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
        [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
        [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
        [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
        [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
        [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
    ]
}

extension IncidentNumber: CustomStringConvertible {
    /// As `formatted`.
    public var description: String { formatted }
}
