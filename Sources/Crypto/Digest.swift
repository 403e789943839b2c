/// A SHA-256 value: 32 bytes held in place, without an allocation.
public struct Digest: Hashable, Sendable {
    /// The length in bytes.
    public static let count = 32

    private var words: (UInt64, UInt64, UInt64, UInt64)

    /// The digest of these 32 bytes; `nil` for any other length.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Digest.count else { return nil }
        self.init { $0.copyMemory(from: bytes) }
    }

    /// The digest of these 32 bytes; `nil` for any other length.
    public init?(_ bytes: [UInt8]) {
        guard let digest = bytes.withUnsafeBytes({ Digest($0) }) else { return nil }
        self = digest
    }

    init(filledBy fill: (UnsafeMutableRawBufferPointer) -> Void) {
        words = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { fill($0) }
    }

    /// The 32 bytes as an array.
    public var bytes: [UInt8] { withBytes { [UInt8]($0) } }

    /// Calls `body` with the 32 bytes, which must not outlive the call.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // `withUnsafeBytes(of:)` rethrows only untyped errors when its closure is one, hence the
        // closure's full signature.
        try withUnsafeBytes(of: words) { (bytes) throws(Failure) -> Result in try body(bytes) }
    }

    /// Not in constant time: a digest of public data.
    ///
    /// Compare codes with `constantTimeEquals`.
    public static func == (left: Digest, right: Digest) -> Bool {
        left.words == right.words
    }

    /// Feeds the bytes, which are uniform already.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
    }
}
