/// A strict recursive-descent reader over bytes (RFC 8259).
struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let limits: JSON.Limits
    private var at = 0
    /// Values begun so far.
    private var begun = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, limits: JSON.Limits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func document() throws(JSONError) -> JSON {
        let value = try value(depth: 0)
        skipSpace()
        if at != bytes.count { throw error("expected the end of the text") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        skipSpace()
        guard at < bytes.count else { throw error("expected a value") }
        begun += 1
        if begun > limits.values { throw error("more than \(limits.values) values") }
        switch bytes[at] {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSON {
        try enter(depth)
        var members: [JSON.Member] = []
        var keys = KeySet()
        if skip(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
                throw error("expected a key")
            }
            let start = at
            let key = try string()
            if !keys.insert(key, after: members) {
                at = start
                throw error("duplicate key")
            }
            guard skip(UInt8(ascii: ":")) else { throw error("expected `:`") }
            members.append(JSON.Member(key: key, value: try value(depth: depth)))
            if skip(UInt8(ascii: ",")) { continue }
            if skip(UInt8(ascii: "}")) { return .object(members) }
            throw error("expected `,` or `}`")
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        try enter(depth)
        var items: [JSON] = []
        if skip(UInt8(ascii: "]")) { return .array(items) }
        while true {
            items.append(try value(depth: depth))
            if skip(UInt8(ascii: ",")) { continue }
            if skip(UInt8(ascii: "]")) { return .array(items) }
            throw error("expected `,` or `]`")
        }
    }

    private mutating func enter(_ depth: Int) throws(JSONError) {
        if depth > limits.depth { throw error("nested deeper than \(limits.depth) levels") }
        at += 1
    }

    private mutating func literal(
        _ text: StaticString,
        _ value: JSON
    ) throws(JSONError) -> JSON {
        let count = text.utf8CodeUnitCount
        guard bytes.count - at >= count,
            (0..<count).allSatisfy({ bytes[at + $0] == text.utf8Start[$0] })
        else { throw error("expected a value") }
        at += count
        return value
    }

    private mutating func number() throws(JSONError) -> JSON {
        let start = at
        if peek == UInt8(ascii: "-") { at += 1 }
        let leading = at
        skipDigits()
        guard at > leading else { throw error("expected a value") }
        if at - leading > 1 && bytes[leading] == UInt8(ascii: "0") {
            at = leading
            throw error("a number has no leading zero")
        }
        var isInteger = true
        if peek == UInt8(ascii: ".") {
            isInteger = false
            at += 1
            try requireDigits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            isInteger = false
            at += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { at += 1 }
            try requireDigits()
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if isInteger, let integer = Int64(text) { return .int(integer) }
        guard let double = Double(text), double.isFinite else {
            at = start
            throw error("number out of range")
        }
        return .double(double)
    }

    private mutating func requireDigits() throws(JSONError) {
        let start = at
        skipDigits()
        if at == start { throw error("expected a digit") }
    }

    private mutating func skipDigits() {
        while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { at += 1 }
    }

    private mutating func string() throws(JSONError) -> String {
        at += 1
        let start = at
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20
        {
            at += 1
        }
        if peek == UInt8(ascii: "\"") {
            defer { at += 1 }
            return try text(bytes[start..<at], from: start)
        }
        return try stringWithEscapes(from: start)
    }

    private mutating func stringWithEscapes(from start: Int) throws(JSONError) -> String {
        var unescaped = Array(bytes[start..<at])
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                return try unescaped.withUnsafeBufferPointer { buffer throws(JSONError) in
                    try text(buffer[...], from: start)
                }
            case UInt8(ascii: "\\"):
                at += 1
                try escape(into: &unescaped)
            case 0..<0x20: throw error("control character in a string")
            default:
                unescaped.append(byte)
                at += 1
            }
        }
        throw error("string without an end")
    }

    private mutating func escape(into unescaped: inout [UInt8]) throws(JSONError) {
        guard let byte = peek else { throw error("string without an end") }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(byte)
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0c)
        case UInt8(ascii: "n"): unescaped.append(0x0a)
        case UInt8(ascii: "r"): unescaped.append(0x0d)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"):
            var code = UInt32(try hexadecimal())
            if (0xd800..<0xdc00).contains(code) {
                guard peek == UInt8(ascii: "\\") else { throw error("unpaired surrogate") }
                at += 1
                guard peek == UInt8(ascii: "u") else { throw error("unpaired surrogate") }
                at += 1
                let low = UInt32(try hexadecimal())
                guard (0xdc00..<0xe000).contains(low) else { throw error("unpaired surrogate") }
                code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error("unpaired surrogate") }
            unescaped.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: throw error("unknown escape")
        }
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue,
                byte < 0x80
            else { throw error("expected four hexadecimal digits") }
            value = value << 4 | UInt16(digit)
            at += 1
        }
        return value
    }

    private func text(
        _ slice: Slice<UnsafeBufferPointer<UInt8>>,
        from start: Int
    ) throws(JSONError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw error("not UTF-8", at: start)
        }
        return text
    }

    private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            at += 1
        }
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek == byte else { return false }
        at += 1
        return true
    }

    private func error(_ message: String, at offset: Int? = nil) -> JSONError {
        let end = min(offset ?? at, bytes.count)
        let before = bytes[..<end]
        let line = before.reduce(1) { $1 == 0x0a ? $0 + 1 : $0 }
        let lineStart = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
        return JSONError(
            message: message,
            offset: end,
            line: line,
            column: end - lineStart + 1
        )
    }
}

extension JSONReader {
    /// Where the value lies to which the steps lead; nil when they lead nowhere.
    static func offset(of steps: [JSONPlace.Step], in bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBufferPointer { buffer in
            // The text was read before, with a limit of its own.
            var reader = JSONReader(buffer, limits: JSON.Limits(depth: .max))
            do throws(JSONError) {
                for step in steps where !(try reader.enter(step)) { return nil }
                reader.skipSpace()
                return reader.at
            } catch {
                return nil
            }
        }
    }

    /// Moves to a member or an item of the value that begins here.
    private mutating func enter(_ step: JSONPlace.Step) throws(JSONError) -> Bool {
        guard skip(UInt8(ascii: "{")) || skip(UInt8(ascii: "[")) else { return false }
        var index = 0
        repeat {
            skipSpace()
            switch step {
            case .item(let wanted):
                if index == wanted { return peek != UInt8(ascii: "]") }
            case .member(let wanted):
                guard peek == UInt8(ascii: "\"") else { return false }
                let key = try string()
                guard skip(UInt8(ascii: ":")) else { return false }
                if key.isIdentical(to: wanted) { return true }
            }
            _ = try value(depth: 0)
            index += 1
        } while skip(UInt8(ascii: ","))
        return false
    }
}

/// The keys of one object: a list while there are few, a hash set of bytes beyond.
private struct KeySet {
    private var hashed: Set<[UInt8]> = []
    private static let few = 16

    mutating func insert(_ key: String, after members: [JSON.Member]) -> Bool {
        if members.count < KeySet.few {
            return !members.contains { $0.key.utf8.elementsEqual(key.utf8) }
        }
        if hashed.isEmpty { hashed = Set(members.map { Array($0.key.utf8) }) }
        return hashed.insert(Array(key.utf8)).inserted
    }
}
