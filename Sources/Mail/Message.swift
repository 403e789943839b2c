public import SQLite

/// A plain-text mail to one person (RFC 5322), right once it exists.
public struct Message: Sendable {
    /// The sender.
    public let from: MailAddress
    /// The one recipient.
    public let to: MailAddress
    /// The subject: one line.
    public let subject: String
    /// The text; lines end with a line feed.
    public let body: String
    /// When it was written.
    public let date: Timestamp
    /// What tells it from every other mail; the left side of its Message-ID.
    public let id: Identifier

    /// Octets of the longest subject.
    package static var longestSubject: Int { MailLimits.subject }

    /// Makes a mail.
    ///
    /// A subject has 1 to 200 octets of UTF-8 without control characters; a body 1 octet to 64 KiB,
    /// of the control characters only line feed and tab.
    ///
    /// - Throws: `MailError.invalid`; so a header that injects another cannot be written.
    public init(
        from: MailAddress,
        to: MailAddress,
        subject: String,
        body: String,
        date: Timestamp,
        id: Identifier = .random()
    ) throws(MailError) {
        guard (1...MailLimits.subject).contains(subject.utf8.count),
            !subject.unicodeScalars.contains(where: Message.isControl)
        else {
            throw .invalid("a subject is one line of 1 to \(MailLimits.subject) octets")
        }
        guard (1...MailLimits.body).contains(body.utf8.count),
            !body.unicodeScalars.contains(where: {
                Message.isControl($0) && $0 != "\n" && $0 != "\t"
            })
        else {
            throw .invalid("a text has 1 to \(MailLimits.body) octets and no control characters")
        }
        self.from = from
        self.to = to
        self.subject = subject
        self.body = body
        self.date = date
        self.id = id
    }

    /// The octets of the mail as they travel: CRLF line ends, seven bits each.
    public var rendered: [UInt8] {
        let isPlain = isSevenBitText
        let lines = [
            "From: \(from)",
            "To: \(to)",
            Message.subjectHeader(subject),
            "Date: \(Message.dateTime(date))",
            "Message-ID: <\(id)@\(from.host)>",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: \(isPlain ? "7bit" : "quoted-printable")",
            // RFC 3834, section 5: no holiday notice comes back.
            "Auto-Submitted: auto-generated",
        ]
        var octets: [UInt8] = []
        for line in lines {
            octets.append(contentsOf: line.utf8)
            octets.append(contentsOf: Message.lineEnd)
        }
        octets.append(contentsOf: Message.lineEnd)
        for line in bodyLines {
            octets.append(contentsOf: isPlain ? Array(line) : QuotedPrintable.encode(line))
            octets.append(contentsOf: Message.lineEnd)
        }
        return octets
    }

    private static let lineEnd = "\r\n".utf8

    // The last line's end is the renderer's, so that a text without one gets it and none gets two.
    private var bodyLines: [Substring.UTF8View] {
        let text = body.utf8.last == UInt8(ascii: "\n") ? body.dropLast() : body[...]
        return text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    }

    // A link then stands in the file exactly as it was written, for people and scripts that read it
    // there.
    private var isSevenBitText: Bool {
        bodyLines.allSatisfy { $0.count <= MailLimits.line && $0.allSatisfy { $0 < 0x80 } }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control
            || scalar.properties.generalCategory == .lineSeparator
            || scalar.properties.generalCategory == .paragraphSeparator
    }
}

extension Message {
    // Words that look encoded already are encoded too, or a reader would decode them.
    private static func subjectHeader(_ subject: String) -> String {
        let plain = "Subject: \(subject)"
        let isPlain =
            plain.utf8.count <= MailLimits.headerLine && subject.utf8.allSatisfy { $0 < 0x80 }
            && !subject.contains("=?") && subject.first != " " && subject.last != " "
        return isPlain ? plain : "Subject: " + EncodedWord.fold(subject)
    }

    // RFC 5322, section 3.3. Written by hand because a locale must not decide about it.
    static func dateTime(_ moment: Timestamp) -> String {
        let rest = moment.milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        let day = Int(rest.remainder < 0 ? rest.quotient - 1 : rest.quotient)
        let seconds = (Int(moment.milliseconds) - day * 86_400_000) / 1_000
        let date = Timestamp.date(ofDay: day)
        // 1970-01-01 was a Thursday.
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][((day % 7) + 7) % 7]
        let month = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ][date.month - 1]
        let clock = [seconds / 3_600, seconds / 60 % 60, seconds % 60]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }
            .joined(separator: ":")
        return "\(weekday), \(date.day) \(month) \(date.year) \(clock) +0000"
    }
}
