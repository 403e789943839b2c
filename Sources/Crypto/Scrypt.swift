import COpenSSL

/// scrypt (RFC 7914), the hash of passwords.
public enum Scrypt {
    /// The most memory a derivation may take.
    ///
    /// Stored cost parameters are obeyed only below it, so that an altered row cannot exhaust the
    /// machine. Eight times what n = 2^14, r = 8 takes.
    public static let memoryLimit = 128 << 20
    /// The most work, as n · r · p: 16 times that of n = 2^14, r = 8, p = 5.
    public static let workLimit = 16 * (1 << 14) * 8 * 5

    /// Derives `length` bytes (1 to 1024) from a password.
    ///
    /// `n` is the cost, a power of two above 1, `r` the block size, `p` the parallelisation. It
    /// takes 128 · n · r bytes of memory and, at n = 2^14, r = 8, p = 5, about 0.26 s of a core.
    /// - Throws: `CryptoError.refusedCost`.
    public static func derive(
        password: Secret,
        salt: [UInt8],
        n: Int,
        r: Int,
        p: Int,
        length: Int
    ) throws(CryptoError) -> Secret {
        precondition((1...1024).contains(length), "scrypt: length out of range")
        // Each bounded alone first, so that the products cannot overflow.
        guard n > 1, n & (n - 1) == 0, n <= memoryLimit, (1...1024).contains(r),
            (1...1024).contains(p), 128 * n * r <= memoryLimit, n * r * p <= workLimit
        else { throw .refusedCost(n: n, r: r, p: p) }
        var derived = false
        let key = Secret(count: length) { target in
            password.withBytes { password in
                salt.withUnsafeBytes { salt in
                    derived =
                        EVP_PBE_scrypt(
                            password.baseAddress?.assumingMemoryBound(to: CChar.self),
                            password.count,
                            salt.baseAddress?.assumingMemoryBound(to: UInt8.self),
                            salt.count,
                            UInt64(n),
                            UInt64(r),
                            UInt64(p),
                            // OpenSSL counts more than 128 · n · r; the bound is ours, above.
                            UInt64(2 * memoryLimit),
                            target.baseAddress?.assumingMemoryBound(to: UInt8.self),
                            length
                        ) == 1
                }
            }
        }
        guard derived else {
            ERR_clear_error()
            throw .refusedCost(n: n, r: r, p: p)
        }
        return key
    }
}
