/// The head of a request: a strict parser that allocates nothing after its first use.
///
/// It refuses what RFC 9112 lets a recipient repair (bare LF, folded lines, white space before a
/// colon, two framings): every repair is a chance for a proxy in front to see another request.
package struct RequestHead {
    /// Where a field stands in the bytes of the head.
    struct Field: Sendable {
        var name: UInt16
        var nameLength: UInt16
        var value: UInt16
        var valueLength: UInt16
    }

    /// What a look at the bytes came to.
    package enum Outcome: Equatable, Sendable {
        case complete
        case incomplete
        case refused(Refusal)
    }

    /// Why parsing stops before the end of a head.
    enum Stop: Error {
        case incomplete
        case refused(Refusal)
    }

    /// Bytes of the head with its empty line; zero until it is complete.
    package private(set) var length = 0
    package private(set) var method = 0..<0
    package private(set) var target = 0..<0
    /// The part of the target from the path on; differs from `target` for `http://host/path`.
    package private(set) var pathAndQuery = 0..<0
    package private(set) var minorVersion = 1
    package private(set) var keepsAlive = true
    package private(set) var expectsContinue = false
    package private(set) var isChunked = false
    package private(set) var contentLength: Int?
    private(set) var fields: [Field] = []
    private var authority: Range<Int>?
    private var host: Range<Int>?
    private var asksToClose = false
    private var asksToStay = false

    package init() {}

    /// Reads the head at the start of `bytes`.
    ///
    /// Gives the same outcome for a head however it was cut on its way, except that a part of a
    /// wrong head may still be `incomplete`.
    package mutating func parse(_ bytes: Span<UInt8>, limits: ServerLimits) -> Outcome {
        reset()
        let window = bytes.extracting(first: min(bytes.count, limits.head))
        do {
            var position = try requestLine(window, limits)
            while try field(window, &position, limits) {}
            try conclude(window)
            length = position
            return .complete
        } catch {
            switch error {
            case .refused(let refusal): return .refused(refusal)
            case .incomplete where bytes.count >= limits.head: return .refused(.headTooLarge)
            case .incomplete: return .incomplete
            }
        }
    }

    private mutating func reset() {
        length = 0
        keepsAlive = true
        expectsContinue = false
        isChunked = false
        contentLength = nil
        fields.removeAll(keepingCapacity: true)
        authority = nil
        host = nil
        asksToClose = false
        asksToStay = false
    }

    // MARK: Request line (RFC 9112, section 3)

    private mutating func requestLine(
        _ bytes: Span<UInt8>,
        _ limits: ServerLimits
    ) throws(Stop) -> Int {
        var position = 0
        // One empty line is allowed before a request (section 2.2): old clients end a body so.
        if bytes.count > 0 && bytes[0] == ByteClass.cr {
            try lineEnd(bytes, &position)
        }
        let start = position
        while position < bytes.count && ByteClass.isToken(bytes[position]) {
            position += 1
            if position - start > 16 { throw .refused(.notImplemented) }
        }
        method = start..<position
        try expect(bytes, ByteClass.space, &position)
        if method.isEmpty { throw .refused(.badRequest) }

        let targetStart = position
        while position < bytes.count && ByteClass.isTarget(bytes[position]) {
            position += 1
            if position - targetStart > limits.target { throw .refused(.targetTooLong) }
        }
        target = targetStart..<position
        try expect(bytes, ByteClass.space, &position)
        try version(bytes, &position)
        try splitTarget(bytes)
        return position
    }

    private mutating func version(_ bytes: Span<UInt8>, _ position: inout Int) throws(Stop) {
        var name: UInt64 = 0x2F_5054_5448  // "HTTP/", its first letter in the lowest byte
        while name != 0 {
            try expect(bytes, UInt8(truncatingIfNeeded: name), &position)
            name >>= 8
        }
        let major = try digit(bytes, &position)
        try expect(bytes, 0x2E, &position)
        minorVersion = try digit(bytes, &position)
        try lineEnd(bytes, &position)
        if major != 1 || minorVersion > 1 { throw .refused(.versionNotSupported) }
    }

    /// Tells the forms of a target apart (section 3.2); CONNECT and its form are not served.
    private mutating func splitTarget(_ bytes: Span<UInt8>) throws(Stop) {
        if method.count == 7 && matches(bytes, method, "CONNECT", ignoringCase: false) {
            throw .refused(.notImplemented)
        }
        guard let first = target.first else { throw .refused(.badRequest) }
        pathAndQuery = target
        if bytes[first] == 0x2A {
            let isOptions = matches(bytes, method, "OPTIONS", ignoringCase: false)
            if target.count != 1 || !isOptions { throw .refused(.badRequest) }
            return
        }
        if bytes[first] != 0x2F { try splitAbsoluteForm(bytes) }
        // A backslash in a path is a slash to some and a letter to others.
        for index in pathAndQuery {
            if bytes[index] == 0x3F { break }
            if bytes[index] == 0x5C { throw .refused(.badRequest) }
        }
    }

    private mutating func splitAbsoluteForm(_ bytes: Span<UInt8>) throws(Stop) {
        var start = target.lowerBound
        if matches(bytes, start..<min(start + 7, target.upperBound), "http://") {
            start += 7
        } else if matches(bytes, start..<min(start + 8, target.upperBound), "https://") {
            start += 8
        } else {
            throw .refused(.badRequest)
        }
        var end = start
        while end < target.upperBound && bytes[end] != 0x2F {
            end += 1
        }
        // `http://host` without a path would need one to be made up.
        if end == target.upperBound { throw .refused(.badRequest) }
        authority = start..<end
        pathAndQuery = end..<target.upperBound
    }

    // MARK: Fields (RFC 9112, section 5)

    /// Reads one field line; false when it was the empty line that ends the head.
    private mutating func field(
        _ bytes: Span<UInt8>,
        _ position: inout Int,
        _ limits: ServerLimits
    ) throws(Stop) -> Bool {
        let start = position
        while position < bytes.count && ByteClass.isToken(bytes[position]) {
            position += 1
        }
        if position == start {
            // A line that begins with white space continues another (obs-fold): not an end of line.
            try lineEnd(bytes, &position)
            return false
        }
        let name = start..<position
        try expect(bytes, 0x3A, &position)
        while position < bytes.count && isBlank(bytes[position]) {
            position += 1
        }
        let valueStart = position
        while position < bytes.count && ByteClass.isFieldValue(bytes[position]) {
            position += 1
        }
        var valueEnd = position
        try lineEnd(bytes, &position)
        while valueEnd > valueStart && isBlank(bytes[valueEnd - 1]) {
            valueEnd -= 1
        }
        if fields.count == limits.fields { throw .refused(.headTooLarge) }
        let value = valueStart..<valueEnd
        fields.append(
            Field(
                name: UInt16(truncatingIfNeeded: start),
                nameLength: UInt16(truncatingIfNeeded: name.count),
                value: UInt16(truncatingIfNeeded: valueStart),
                valueLength: UInt16(truncatingIfNeeded: value.count)
            )
        )
        try note(bytes, name, value)
        return true
    }

    /// Remembers the fields that decide how the request is framed and answered.
    private mutating func note(
        _ bytes: Span<UInt8>,
        _ name: Range<Int>,
        _ value: Range<Int>
    ) throws(Stop) {
        switch name.count {
        case 4 where matches(bytes, name, "host"):
            if host != nil { throw .refused(.badRequest) }
            host = value
        case 6 where matches(bytes, name, "expect"):
            if !matches(bytes, value, "100-continue") { throw .refused(.expectationFailed) }
            expectsContinue = true
        case 10 where matches(bytes, name, "connection"):
            connection(bytes, value)
        case 14 where matches(bytes, name, "content-length"):
            if contentLength != nil { throw .refused(.badRequest) }
            contentLength = try decimal(bytes, value)
        case 17 where matches(bytes, name, "transfer-encoding"):
            if isChunked { throw .refused(.badRequest) }
            if !matches(bytes, value, "chunked") { throw .refused(.notImplemented) }
            isChunked = true
        default: break
        }
    }

    /// Looks through a list of connection options (RFC 9110, section 7.6.1).
    private mutating func connection(_ bytes: Span<UInt8>, _ value: Range<Int>) {
        var start = value.lowerBound
        while start < value.upperBound {
            var end = start
            while end < value.upperBound && bytes[end] != 0x2C {
                end += 1
            }
            var option = start..<end
            while let first = option.first, isBlank(bytes[first]) { option = option.dropFirst() }
            while let last = option.last, isBlank(bytes[last]) { option = option.dropLast() }
            if matches(bytes, option, "close") { asksToClose = true }
            if matches(bytes, option, "keep-alive") { asksToStay = true }
            start = end + 1
        }
    }

    /// Judges the head as a whole.
    private mutating func conclude(_ bytes: Span<UInt8>) throws(Stop) {
        // RFC 9112, section 6.1: both framings at once is how requests are smuggled.
        if isChunked && (contentLength != nil || minorVersion == 0) {
            throw .refused(.badRequest)
        }
        if let host {
            if !isAuthority(bytes, host) { throw .refused(.badRequest) }
            if let authority, !sameIgnoringCase(bytes, authority, host) {
                throw .refused(.badRequest)
            }
        } else if minorVersion == 1 || authority != nil {
            throw .refused(.badRequest)
        }
        keepsAlive = !asksToClose && (minorVersion == 1 || asksToStay)
        // A 1.0 client does not know interim answers (RFC 9110, section 10.1.1).
        if minorVersion == 0 { expectsContinue = false }
    }
}
