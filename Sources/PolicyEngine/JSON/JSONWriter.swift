/// Writes JSON straight into bytes; the caller gives the structure, the writer the commas.
///
/// It owns its buffer and is never copied, so that a byte costs a store and no question who else
/// holds the buffer.
public struct JSONWriter: ~Copyable {
    private var buffer: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var count = 0
    private var needsComma = false

    /// An empty text with room for `capacity` bytes; it grows as needed.
    public init(capacity: Int = 256) {
        self.capacity = max(capacity, 64)
        buffer = .allocate(capacity: self.capacity)
    }

    deinit { buffer.deallocate() }

    /// What has been written, copied.
    public var bytes: [UInt8] { Array(UnsafeBufferPointer(start: buffer, count: count)) }

    // MARK: - Structure

    /// Writes an object, whose members `body` writes.
    public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "{"))
        try body(&self)
        close(UInt8(ascii: "}"))
    }

    /// Writes an array, whose elements `body` writes.
    public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "["))
        try body(&self)
        close(UInt8(ascii: "]"))
    }

    /// Writes an array of strings.
    public mutating func strings(_ values: some Sequence<String>) {
        array { writer in for value in values { writer.string(value) } }
    }

    /// Writes the name of the next member; the next call writes its value.
    public mutating func key(_ name: StaticString) {
        reserve(name.utf8CodeUnitCount + 4)
        separate()
        put(UInt8(ascii: "\""))
        put(name)
        put(UInt8(ascii: "\""))
        put(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes the name of the next member, escaped; the next call writes its value.
    public mutating func key(escaping name: String) {
        string(name)
        reserve(1)
        put(UInt8(ascii: ":"))
        needsComma = false
    }

    // MARK: - Values

    /// Writes a string.
    public mutating func string(_ value: String) {
        reserve(2)
        separate()
        put(UInt8(ascii: "\""))
        var value = value
        value.withUTF8 { putEscaped($0) }
        reserve(1)
        put(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes a string of `width` bytes that `fill` gives: ASCII that needs no escape.
    public mutating func string(
        width: Int,
        _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Void
    ) {
        reserve(width + 3)
        separate()
        put(UInt8(ascii: "\""))
        fill(UnsafeMutableBufferPointer(start: buffer + count, count: width))
        count += width
        put(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes an integer.
    public mutating func int(_ value: Int64) {
        reserve(21)
        separate()
        if value < 0 { put(UInt8(ascii: "-")) }
        var width = 1
        var rest = value.magnitude / 10
        while rest > 0 {
            width += 1
            rest /= 10
        }
        rest = value.magnitude
        for place in stride(from: count + width - 1, through: count, by: -1) {
            buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        count += width
        needsComma = true
    }

    /// Writes a finite number.
    public mutating func double(_ value: Double) {
        precondition(value.isFinite, "JSON has no infinity")
        reserve(1)
        separate()
        var text = value.description
        text.withUTF8 { put($0) }
        needsComma = true
    }

    /// Writes `true` or `false`.
    public mutating func bool(_ value: Bool) { word(value ? "true" : "false") }

    /// Writes `null`.
    public mutating func null() { word("null") }

    /// Writes a value.
    public mutating func value(_ value: JSON) {
        switch value {
        case .null: null()
        case .bool(let bool): self.bool(bool)
        case .int(let integer): int(integer)
        case .double(let double): self.double(double)
        case .string(let string): self.string(string)
        case .array(let items): array { writer in for item in items { writer.value(item) } }
        case .object(let members):
            object { writer in
                for member in members {
                    writer.key(escaping: member.key)
                    writer.value(member.value)
                }
            }
        }
    }

    // MARK: - Members

    /// Writes a member that is a string, or `null`.
    public mutating func field(_ name: StaticString, _ value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    /// Writes a member that is an integer.
    public mutating func field(_ name: StaticString, _ value: Int) {
        key(name)
        int(Int64(value))
    }

    /// Writes a member that is a boolean.
    public mutating func field(_ name: StaticString, _ value: Bool) {
        key(name)
        bool(value)
    }

    /// Writes a member that is an object.
    public mutating func field(
        _ name: StaticString,
        object body: (inout JSONWriter) throws -> Void
    ) rethrows {
        key(name)
        try object(body)
    }

    /// Writes a member that is an array.
    public mutating func field(
        _ name: StaticString,
        array body: (inout JSONWriter) throws -> Void
    ) rethrows {
        key(name)
        try array(body)
    }

    // MARK: - Bytes

    /// Opens a value with its bracket; `close` closes it, where nesting is too deep for closures.
    mutating func open(_ bracket: UInt8) {
        reserve(2)
        separate()
        put(bracket)
        needsComma = false
    }

    mutating func close(_ bracket: UInt8) {
        reserve(1)
        put(bracket)
        needsComma = true
    }

    private mutating func word(_ text: StaticString) {
        reserve(text.utf8CodeUnitCount + 1)
        separate()
        put(text)
        needsComma = true
    }

    private mutating func putEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        var rest = text[...]
        while true {
            let plain = JSONWriter.plainPrefix(UnsafeBufferPointer(rebasing: rest))
            put(UnsafeBufferPointer(rebasing: rest.prefix(plain)))
            rest = rest.dropFirst(plain)
            guard let byte = rest.popFirst() else { return }
            putEscape(of: byte)
        }
    }

    // The short escapes where RFC 8785 has them, `\u00xx` in lower case elsewhere.
    private mutating func putEscape(of byte: UInt8) {
        reserve(6)
        put(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): put(byte)
        case 0x08: put(UInt8(ascii: "b"))
        case 0x09: put(UInt8(ascii: "t"))
        case 0x0a: put(UInt8(ascii: "n"))
        case 0x0c: put(UInt8(ascii: "f"))
        case 0x0d: put(UInt8(ascii: "r"))
        default:
            put("u00")
            for digit in [byte >> 4, byte & 15] {
                put(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }

    /// How many bytes come before the first that has to be escaped, looked at eight at a time.
    private static func plainPrefix(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let words = UnsafeRawBufferPointer(text)
        // The high bit of a byte is set where `word` has a byte below `limit`, at most 128, if not
        // behind a smaller one: so whether any is set is exact.
        func below(_ limit: UInt64, _ word: UInt64) -> UInt64 {
            (word &- ones * limit) & ~word & ones << 7
        }
        var place = 0
        while place + 8 <= text.count {
            let word = words.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            let quotes = below(1, word ^ ones * 0x22)
            let backslashes = below(1, word ^ ones * 0x5c)
            if below(0x20, word) | quotes | backslashes != 0 { break }
            place += 8
        }
        while place < text.count, text[place] >= 0x20, text[place] != UInt8(ascii: "\""),
            text[place] != UInt8(ascii: "\\")
        {
            place += 1
        }
        return place
    }

    /// Writes the comma between two values; room for it is reserved with the value's.
    @inline(__always)
    private mutating func separate() {
        if needsComma { put(UInt8(ascii: ",")) }
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        buffer[count] = byte
        count += 1
    }

    /// Writes a text for which room has been reserved.
    @inline(__always)
    private mutating func put(_ text: StaticString) {
        (buffer + count).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        count += text.utf8CodeUnitCount
    }

    private mutating func put(_ text: UnsafeBufferPointer<UInt8>) {
        guard let start = text.baseAddress else { return }
        reserve(text.count)
        (buffer + count).update(from: start, count: text.count)
        count += text.count
    }

    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if capacity - count < more { grow(by: more) }
    }

    @inline(never)
    private mutating func grow(by more: Int) {
        capacity = max(2 * capacity, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: buffer, count: count)
        buffer.deallocate()
        buffer = larger
    }
}
