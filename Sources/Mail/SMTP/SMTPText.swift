/// The text of a mail as it follows DATA (RFC 5321, sections 2.3.8 and 4.5.2).
package enum SMTPText {
    /// Doubles the dots that begin a line and ends the text with one.
    ///
    /// - Throws: `MailError.invalid` for what a relay could read otherwise than we wrote it: a CR or
    ///   LF that is not part of a CRLF (SMTP smuggling), an octet above 127, a line of more than
    ///   998 octets, an end without CRLF.
    package static func encode(_ content: [UInt8]) throws(MailError) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(content.count + content.count / 32 + 3)
        var width = 0
        var previous: UInt8 = 0
        for octet in content {
            switch octet {
            case lineFeed:
                guard previous == carriageReturn else { throw .invalid("a bare line feed") }
                width = 0
            case _ where previous == carriageReturn: throw .invalid("a bare carriage return")
            case carriageReturn: break
            case 0x80...: throw .invalid("an octet above 127 in a seven-bit mail")
            default:
                if width == 0, octet == UInt8(ascii: ".") { text.append(octet) }
                width += 1
                guard width <= MailLimits.line else { throw .invalid("a line that is too long") }
            }
            text.append(octet)
            previous = octet
        }
        guard previous == lineFeed else { throw .invalid("a text without an end") }
        return text + [UInt8(ascii: "."), carriageReturn, lineFeed]
    }

    private static let carriageReturn = UInt8(ascii: "\r")
    private static let lineFeed = UInt8(ascii: "\n")
}
