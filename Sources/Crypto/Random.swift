import COpenSSL

/// Randomness fit for keys, from OpenSSL's generator, which the kernel seeds.
///
/// A generator that fails stops the process: there is nothing safe to go on with.
public enum Random {
    /// `count` random bytes.
    public static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            fill(UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
    }

    /// A random number, each of the 2^64 equally likely.
    public static func uint64() -> UInt64 {
        var value: UInt64 = 0
        withUnsafeMutableBytes(of: &value) { fill($0) }
        return value
    }

    static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        guard let start = buffer.baseAddress, buffer.count > 0 else { return }
        let filled = RAND_bytes(
            start.assumingMemoryBound(to: UInt8.self),
            Int32(clamping: buffer.count)
        )
        guard filled == 1, buffer.count <= Int32.max else {
            fatalError("the random generator failed")
        }
    }
}
