/// The small steps of the parser.
extension RequestHead {
    func expect(_ bytes: Span<UInt8>, _ byte: UInt8, _ position: inout Int) throws(Stop) {
        if position == bytes.count { throw .incomplete }
        if bytes[position] != byte { throw .refused(.badRequest) }
        position += 1
    }

    func lineEnd(_ bytes: Span<UInt8>, _ position: inout Int) throws(Stop) {
        try expect(bytes, ByteClass.cr, &position)
        try expect(bytes, ByteClass.lf, &position)
    }

    func digit(_ bytes: Span<UInt8>, _ position: inout Int) throws(Stop) -> Int {
        if position == bytes.count { throw .incomplete }
        if !ByteClass.isDigit(bytes[position]) { throw .refused(.badRequest) }
        defer { position += 1 }
        return Int(bytes[position] - 0x30)
    }

    func isBlank(_ byte: UInt8) -> Bool {
        byte == ByteClass.space || byte == ByteClass.tab
    }

    /// A length in decimal digits and nothing else; 18 of them cannot overflow.
    func decimal(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(Stop) -> Int {
        if range.isEmpty || range.count > 18 { throw .refused(.badRequest) }
        var number = 0
        for index in range {
            if !ByteClass.isDigit(bytes[index]) { throw .refused(.badRequest) }
            number = number * 10 + Int(bytes[index] - 0x30)
        }
        return number
    }

    /// Whether the bytes spell `text`, which is in lower case when case is ignored.
    ///
    /// Setting bit 5 folds letters only: of what may stand here, no other two bytes become equal
    /// to a letter, a digit, a hyphen, a colon or a slash.
    func matches(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        _ text: StaticString,
        ignoringCase: Bool = true
    ) -> Bool {
        let fold: UInt8 = ignoringCase ? 0x20 : 0
        return text.withUTF8Buffer { expected in
            guard expected.count == range.count else { return false }
            for offset in 0..<expected.count
            where bytes[range.lowerBound + offset] | fold != expected[offset] {
                return false
            }
            return true
        }
    }

    func sameIgnoringCase(
        _ bytes: Span<UInt8>,
        _ first: Range<Int>,
        _ second: Range<Int>
    ) -> Bool {
        guard first.count == second.count else { return false }
        for offset in 0..<first.count
        where lowered(bytes[first.lowerBound + offset])
            != lowered(bytes[second.lowerBound + offset])
        {
            return false
        }
        return true
    }

    private func lowered(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    /// Whether the bytes are a host and perhaps a port (RFC 9110, section 4.2), never user names.
    func isAuthority(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard let first = range.first else { return false }
        var position = first
        if bytes[first] == 0x5B {
            position += 1
            while position < range.upperBound && isAddressByte(bytes[position]) {
                position += 1
            }
            guard position < range.upperBound, bytes[position] == 0x5D else { return false }
            guard position - first > 2 else { return false }
            position += 1
        } else {
            while position < range.upperBound && ByteClass.isHostName(bytes[position]) {
                position += 1
            }
            guard position > first else { return false }
        }
        if position == range.upperBound { return true }
        guard bytes[position] == 0x3A else { return false }
        let port = (position + 1)..<range.upperBound
        // RFC 3986, section 3.2.3: a port may be empty.
        guard port.count <= 5 else { return false }
        for index in port where !ByteClass.isDigit(bytes[index]) {
            return false
        }
        return true
    }

    private func isAddressByte(_ byte: UInt8) -> Bool {
        ByteClass.hexValue(byte) != nil || byte == 0x3A || byte == 0x2E
    }
}
