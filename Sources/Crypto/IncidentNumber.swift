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
        guard values.reduce(0, IncidentNumber.interim) == 0 else { throw .wrongCheckDigit }
        value = values.dropLast().reduce(0) { $0 * 10 + $1 }
    }

    /// The eight digits, as in addresses and in JSON: `48291757`.
    public var digits: String { text(hyphenated: false) }

    /// The way it is shown and said: `4829-1757`.
    public var formatted: String { text(hyphenated: true) }

    private func text(hyphenated: Bool) -> String {
        let width = hyphenated ? 9 : 8
        return String(unsafeUninitializedCapacity: width) { buffer in
            var check = 0
            var divisor = 1_000_000
            var place = 0
            func put(_ digit: Int) {
                if hyphenated && place == 4 {
                    buffer[place] = UInt8(ascii: "-")
                    place += 1
                }
                buffer[place] = UInt8(ascii: "0") + UInt8(digit)
                place += 1
            }
            while divisor > 0 {
                let digit = value / divisor % 10
                check = IncidentNumber.interim(check, digit)
                put(digit)
                divisor /= 10
            }
            put(check)
            return width
        }
    }

    /// The check digit after one digit more; 0 after one that is its own check digit.
    private static func interim(_ before: Int, _ digit: Int) -> Int {
        Int(quasigroup.utf8Start[before * 10 + digit] - UInt8(ascii: "0"))
    }

    /// The totally anti-symmetric quasigroup of order 10 of Damm's thesis, row by row.
    private static var quasigroup: StaticString {
        """
        0317598642\
        7092154863\
        4206871359\
        1750983426\
        6123045978\
        3674209581\
        5869720134\
        8945362017\
        9438617205\
        2581436790
        """
    }
}

extension IncidentNumber: CustomStringConvertible {
    /// As `formatted`.
    public var description: String { formatted }
}
