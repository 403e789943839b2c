// The text forms of decimal, datetime and duration, after Cedar's documentation ("Supported data
// types") and the RFCs 80 and 71 of the language.

extension Value {
    /// Reads `-?digits.digits` with one to four digits after the point; ten-thousandths.
    static func parseDecimal(_ text: String) -> Int64? {
        var scanner = DigitScanner(text)
        let negative = scanner.skip("-")
        guard let whole = scanner.signed(negative: negative), scanner.skip(".") else { return nil }
        let start = scanner.index
        guard let part = scanner.signed(negative: negative), scanner.isAtEnd else { return nil }
        let digits = scanner.index - start
        guard digits <= 4 else { return nil }
        let scale: [Int64] = [10_000, 1_000, 100, 10, 1]
        let product = whole.multipliedReportingOverflow(by: 10_000)
        let sum = product.partialValue.addingReportingOverflow(part * scale[digits])
        return product.overflow || sum.overflow ? nil : sum.partialValue
    }

    /// Reads `2024-10-15`, with `T11:35:00`, `.000` and `Z` or `+hhmm` after it; milliseconds.
    static func parseDatetime(_ text: String) -> Int64? {
        var scanner = DigitScanner(text)
        guard let year = scanner.fixed(4), scanner.skip("-"), let month = scanner.fixed(2),
            scanner.skip("-"), let day = scanner.fixed(2), (1...12).contains(month), day >= 1,
            day <= daysIn(month: month, year: year)
        else { return nil }
        let midnight = daysFromEpoch(year: year, month: month, day: day) * 86_400_000
        if scanner.isAtEnd { return midnight }
        guard scanner.skip("T"), let hour = scanner.fixed(2), scanner.skip(":"),
            let minute = scanner.fixed(2), scanner.skip(":"), let second = scanner.fixed(2),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var millisecond: Int64 = 0
        if scanner.skip(".") {
            guard let value = scanner.fixed(3) else { return nil }
            millisecond = value
        }
        let local = midnight + ((hour * 60 + minute) * 60 + second) * 1_000 + millisecond
        if scanner.skip("Z") { return scanner.isAtEnd ? local : nil }
        let east = scanner.skip("+")
        guard east || scanner.skip("-"), let hours = scanner.fixed(2),
            let minutes = scanner.fixed(2), hours < 24, minutes < 60, scanner.isAtEnd
        else { return nil }
        let offset = (hours * 60 + minutes) * 60_000
        return east ? local - offset : local + offset
    }

    /// Reads `-?` and `1d2h3m4s5ms` in this order, one unit at the least; milliseconds.
    static func parseDuration(_ text: String) -> Int64? {
        var scanner = DigitScanner(text)
        let negative = scanner.skip("-")
        let units: [(String, Int64)] = [
            ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
        ]
        var next = 0
        var total: Int64 = 0
        guard !scanner.isAtEnd else { return nil }
        while !scanner.isAtEnd {
            guard let count = scanner.signed(negative: negative) else { return nil }
            let name = scanner.letters()
            guard let unit = units[next...].firstIndex(where: { $0.0 == name }) else { return nil }
            let product = count.multipliedReportingOverflow(by: units[unit].1)
            let sum = total.addingReportingOverflow(product.partialValue)
            guard !product.overflow, !sum.overflow else { return nil }
            total = sum.partialValue
            next = unit + 1
        }
        return total
    }

    static func decimalText(_ value: Int64) -> String {
        var digits = String(value.magnitude % 10_000)
        digits = String(repeating: "0", count: 4 - digits.utf8.count) + digits
        return "\(value < 0 ? "-" : "")\(value.magnitude / 10_000).\(digits)"
    }

    /// An expression that gives the instant: a literal has no year before 0 or after 9999.
    static func datetimeText(_ value: Int64) -> String {
        "datetime(\"1970-01-01\").offset(duration(\"\(value)ms\"))"
    }

    private static func daysIn(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01 in the proleptic Gregorian calendar.
    private static func daysFromEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        // Years count from March, so that the leap day is the last of its year.
        let shifted = month <= 2 ? year - 1 : year
        let monthFromMarch = (month + 9) % 12
        let century = shifted >= 0 ? shifted / 400 : (shifted - 399) / 400
        let yearOfEra = shifted - century * 400
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return century * 146_097 + dayOfEra - 719_468
    }
}

/// Reads numbers and marks from the bytes of a short text.
private struct DigitScanner {
    let bytes: [UInt8]
    var index = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { index == bytes.count }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard index < bytes.count, UInt32(bytes[index]) == mark.value else { return false }
        index += 1
        return true
    }

    /// One digit or more; a negative number is built downwards, so that the least one fits.
    mutating func signed(negative: Bool) -> Int64? {
        let start = index
        var value: Int64 = 0
        while index < bytes.count, (0x30...0x39).contains(bytes[index]) {
            let digit = Int64(bytes[index] - 0x30)
            let product = value.multipliedReportingOverflow(by: 10)
            let sum = product.partialValue.addingReportingOverflow(negative ? -digit : digit)
            guard !product.overflow, !sum.overflow else { return nil }
            value = sum.partialValue
            index += 1
        }
        return index > start ? value : nil
    }

    /// Exactly so many digits.
    mutating func fixed(_ count: Int) -> Int64? {
        guard index + count <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[index..<(index + count)] {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        index += count
        return value
    }

    mutating func letters() -> String {
        let start = index
        while index < bytes.count, (0x61...0x7A).contains(bytes[index]) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }
}
