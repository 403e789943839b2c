/// Writes fields one after the other, each text after its length: what is sealed.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init(version: UInt8, capacity: Int) {
        bytes.reserveCapacity(capacity)
        bytes.append(version)
    }

    mutating func count(_ value: Int) { append(UInt32(value)) }

    mutating func text(_ text: String) {
        count(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    /// `UInt32.max` stands where the length would.
    mutating func optionalText(_ text: String?) {
        if let text { self.text(text) } else { append(UInt32.max) }
    }

    mutating func double(_ value: Double) { append(value.bitPattern) }

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}

/// Reads the fields that a `ByteWriter` wrote.
///
/// What it reads was sealed, so that a field that does not fit is damage: `nil` from then on.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private var at = 1

    /// A reader of `bytes`, which it must not outlive; `nil` for another version of the fields.
    init?(_ bytes: UnsafeRawBufferPointer, version: UInt8) {
        guard bytes.first == version else { return nil }
        self.bytes = bytes
    }

    var isAtEnd: Bool { at == bytes.count }

    mutating func count() -> Int? { integer(UInt32.self).map { Int($0) } }

    mutating func text() -> String? {
        guard let count = count() else { return nil }
        return text(count: count)
    }

    /// The outer `nil` is damage, the inner one an absent text.
    mutating func optionalText() -> String?? {
        guard let count = count() else { return nil }
        if count == Int(UInt32.max) { return .some(nil) }
        return text(count: count).map { .some($0) }
    }

    mutating func double() -> Double? {
        integer(UInt64.self).map { Double(bitPattern: $0) }
    }

    mutating func byte() -> UInt8? { integer(UInt8.self) }

    private mutating func text(count: Int) -> String? {
        guard count <= bytes.count - at else { return nil }
        defer { at += count }
        return String(decoding: bytes[at..<at + count], as: UTF8.self)
    }

    private mutating func integer<Integer: FixedWidthInteger>(_: Integer.Type) -> Integer? {
        let width = MemoryLayout<Integer>.size
        guard width <= bytes.count - at else { return nil }
        defer { at += width }
        return Integer(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: Integer.self))
    }
}
