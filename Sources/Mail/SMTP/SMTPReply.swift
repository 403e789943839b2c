/// One reply of a relay, all its lines (RFC 5321, section 4.2).
package struct SMTPReply: Equatable {
    /// The three digits.
    package let code: Int
    /// What follows the digits on each line; what is not printable ASCII is shown as `?`.
    package let lines: [String]

    /// What kind of answer the first digit is.
    enum Kind: Equatable {
        case done, goOn, later, never
    }

    var kind: Kind {
        switch code / 100 {
        case 2: .done
        case 3: .goOn
        case 4: .later
        default: .never
        }
    }

    /// The codes alone, for a log: the text of a reply may repeat an address.
    package var summary: String { enhancedCode.map { "\(code) \($0)" } ?? "\(code)" }

    /// RFC 2034, section 4: `5.1.1` before the text.
    private var enhancedCode: Substring? {
        guard let word = lines.first?.prefix(while: { $0 != " " }) else { return nil }
        let parts = word.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isCode =
            parts.count == 3 && parts[0].elementsEqual("\(code / 100)".utf8)
            && parts.allSatisfy {
                (1...3).contains($0.count) && $0.allSatisfy(SMTPReply.isDigit)
            }
        return isCode ? word : nil
    }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

/// Puts replies together from octets as they come.
///
/// Lines end with CRLF and nothing else: who takes a bare line feed for an end sees replies that
/// the relay never gave.
package struct SMTPReplyReader {
    /// What came is no reply; says what is wrong with it.
    package struct Malformed: Error, Equatable {
        package let description: String
    }

    private var octets: [UInt8] = []
    /// Where the line begins that is not complete yet.
    private var start = 0
    private var code: Int?
    private var lines: [String] = []

    package init() {}

    /// Whether nothing is left after the replies that were taken.
    package var isEmpty: Bool { start == octets.count && lines.isEmpty }

    package mutating func append(_ more: [UInt8]) {
        octets.removeFirst(start)
        start = 0
        octets += more
    }

    /// The next reply that is complete; `nil` when more has to come.
    package mutating func next() throws(Malformed) -> SMTPReply? {
        while let line = try nextLine() {
            let isLast = try take(line)
            guard isLast, let code else { continue }
            defer { (self.code, lines) = (nil, []) }
            return SMTPReply(code: code, lines: lines)
        }
        return nil
    }

    private mutating func nextLine() throws(Malformed) -> ArraySlice<UInt8>? {
        let rest = octets[start...]
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
            guard rest.count <= MailLimits.replyLine else { throw Malformed(description: "long") }
            return nil
        }
        let line = rest[..<end]
        guard line.count <= MailLimits.replyLine else { throw Malformed(description: "long") }
        guard line.last == UInt8(ascii: "\r"), line.dropLast().last != UInt8(ascii: "\r"),
            !line.dropLast().contains(UInt8(ascii: "\r"))
        else { throw Malformed(description: "line end") }
        start = end + 1
        return line.dropLast()
    }

    /// Whether the line is the last one of its reply.
    private mutating func take(_ line: ArraySlice<UInt8>) throws(Malformed) -> Bool {
        let digits = line.prefix(3)
        // RFC 5321, section 4.2: the first digit is 2 to 5, the second 0 to 5.
        guard digits.count == 3, digits.allSatisfy(SMTPReply.isDigit),
            let first = digits.first, (0x32...0x35).contains(first),
            digits[digits.startIndex + 1] <= 0x35
        else { throw Malformed(description: "code") }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard code == nil || code == number else { throw Malformed(description: "two codes") }
        guard lines.count < MailLimits.replyLines else { throw Malformed(description: "long") }
        let separator = line.dropFirst(3).first
        // A client must take a code without anything after it (section 4.2).
        let isLast = separator == nil || separator == UInt8(ascii: " ")
        guard isLast || separator == UInt8(ascii: "-") else {
            throw Malformed(description: "separator")
        }
        code = number
        lines.append(
            String(
                decoding: line.dropFirst(4).map {
                    (0x20...0x7e).contains($0) ? $0 : UInt8(ascii: "?")
                },
                as: UTF8.self
            )
        )
        return isLast
    }
}
