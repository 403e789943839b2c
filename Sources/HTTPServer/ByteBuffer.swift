import Glibc

/// Bytes on their way between a socket and the server: appended at the end, taken at the front.
final class ByteBuffer {
    /// What a fresh buffer holds: a whole head and most answers, and what a TLS record can carry.
    static let page = 16 << 10

    private var storage: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0

    init() {
        storage = .allocate(byteCount: Self.page, alignment: 16)
    }

    deinit {
        storage.deallocate()
    }

    var count: Int { end - start }
    var isEmpty: Bool { end == start }
    var capacity: Int { storage.count }

    /// Takes `count` bytes from the front.
    func consume(_ count: Int) {
        precondition(count <= self.count, "more consumed than there is")
        start += count
        if start == end { removeAll() }
    }

    func removeAll() {
        start = 0
        end = 0
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(rebasing: storage[start..<end]))
    }

    func withSpan<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        body(storage.bindMemory(to: UInt8.self).span.extracting(start..<end))
    }

    /// Lets `body` write into at least `minimum` free bytes; it returns how many it wrote, or a
    /// number below one, which is handed on.
    func fill(minimum: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        reserve(minimum)
        let written = body(UnsafeMutableRawBufferPointer(rebasing: storage[end...]))
        if written > 0 { end += written }
        return written
    }

    func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        storage.baseAddress?.advanced(by: end).copyMemory(from: source, byteCount: bytes.count)
        end += bytes.count
    }

    func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes(append)
    }

    func append(_ text: StaticString) {
        text.withUTF8Buffer { append(UnsafeRawBufferPointer($0)) }
    }

    func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Appends a number in decimal digits.
    func append(decimal number: Int) {
        precondition(number >= 0, "a length or status is not negative")
        reserve(20)
        var digits = 1
        var bound = 10
        while digits < 19 && number >= bound {
            digits += 1
            bound = bound &* 10
        }
        var rest = number
        for index in stride(from: end + digits - 1, through: end, by: -1) {
            storage[index] = 0x30 + UInt8(rest % 10)
            rest /= 10
        }
        end += digits
    }

    private func reserve(_ count: Int) {
        if storage.count - end >= count { return }
        let held = self.count
        if storage.count - held >= count && start >= held {
            storage.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[start..<end]))
        } else {
            var size = storage.count
            while size - held < count { size *= 2 }
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[start..<end]))
            storage.deallocate()
            storage = larger
        }
        start = 0
        end = held
    }
}

/// The free list of one loop: a connection holds buffers only while there is something in them.
struct BufferPool {
    /// 1 MiB kept at most; beyond it the allocator is quick enough.
    private static let kept = 64
    private var free: [ByteBuffer] = []

    mutating func take() -> ByteBuffer {
        free.popLast() ?? ByteBuffer()
    }

    /// Takes a buffer back, unless it has grown for a large answer.
    mutating func give(_ buffer: ByteBuffer) {
        guard free.count < Self.kept, buffer.capacity == ByteBuffer.page else { return }
        buffer.removeAll()
        free.append(buffer)
    }
}
