import COpenSSL

/// Bytes that must not be shown: redacted when printed or reflected, compared in constant time,
/// wiped when the last reference goes.
public final class Secret: Sendable {
    // Written before `init` returns and only read after; a raw pointer cannot say so itself.
    nonisolated(unsafe) private let storage: UnsafeMutableRawBufferPointer

    /// The number of bytes.
    public var count: Int { storage.count }

    /// A copy of `bytes`; the array itself is the caller's to forget.
    public convenience init(_ bytes: [UInt8]) {
        self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// Takes over `bytes`: copies them, then wipes and empties the array.
    ///
    /// Another array that shares the storage keeps its own copy.
    public convenience init(wiping bytes: inout [UInt8]) {
        self.init(bytes)
        bytes.withUnsafeMutableBytes { wipe($0) }
        bytes = []
    }

    /// A secret of `count` bytes that `fill` writes in place; they are zero before.
    public init<Failure: Error>(
        count: Int,
        filledBy fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        storage = buffer
        try fill(buffer)
    }

    deinit {
        wipe(storage)
        storage.deallocate()
    }

    /// `count` bytes from the system's generator.
    public static func random(count: Int) -> Secret {
        Secret(count: count) { Random.fill($0) }
    }

    /// Calls `body` with the bytes, which must not outlive the call.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(storage))
    }

    /// Whether this secret is exactly `bytes`; takes the same time wherever they differ.
    public func matches(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { constantTimeEquals(UnsafeRawBufferPointer(storage), $0) }
    }
}

extension Secret: Equatable {
    /// Constant time for equal lengths; the length itself is no secret.
    public static func == (left: Secret, right: Secret) -> Bool {
        constantTimeEquals(
            UnsafeRawBufferPointer(left.storage),
            UnsafeRawBufferPointer(right.storage)
        )
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always the same word.
    public var description: String { "<secret>" }
    /// Always the same word.
    public var debugDescription: String { "<secret>" }
    /// A mirror without children, so that `dump` and reflection show nothing either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Whether both are the same bytes, in a time that depends on their lengths only.
public func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.withUnsafeBytes { left in
        right.withUnsafeBytes { constantTimeEquals(left, $0) }
    }
}

func constantTimeEquals(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    guard let a = left.baseAddress, let b = right.baseAddress else { return true }
    return CRYPTO_memcmp(a, b, left.count) == 0
}

/// Overwrites `buffer` in a way the optimiser may not drop.
func wipe(_ buffer: UnsafeMutableRawBufferPointer) {
    if let start = buffer.baseAddress { OPENSSL_cleanse(start, buffer.count) }
}
