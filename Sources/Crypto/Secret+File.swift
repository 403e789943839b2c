import Glibc

extension Secret {
    /// Reads a secret that somebody keeps in a file of its own, such as the password of a relay.
    ///
    /// The file is ours or root's and nobody else can read it: 0400 or 0600; on a read-only file
    /// system, as systemd hands credentials over, 0440 too. One line end at its end is the
    /// editor's, not the secret's, which has at most `limit` bytes.
    ///
    /// - Throws: `CryptoError.secretFile`, which says what is wrong with the file.
    public static func read(file path: String, limit: Int) throws(CryptoError) -> Secret {
        // O_NONBLOCK, or opening a FIFO put in the file's place would wait for ever.
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else {
            throw .secretFile(path: path, reason: KeyFolder.cannot("be opened", errno))
        }
        defer { close(file) }
        if let objection = objection(to: file) { throw .secretFile(path: path, reason: objection) }
        // Room for the line end, and for one byte more, so that a longer file shows.
        var bytes = [UInt8](repeating: 0, count: limit + 3)
        defer { bytes.withUnsafeMutableBytes { wipe($0) } }
        var filled = 0
        while filled < bytes.count {
            let got = bytes.withUnsafeMutableBytes { bytes in
                let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[filled...])
                return Glibc.read(file, rest.baseAddress, rest.count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw .secretFile(path: path, reason: KeyFolder.cannot("be read", errno))
            }
            if got == 0 { break }
            filled += got
        }
        if filled > 0, bytes[filled - 1] == UInt8(ascii: "\n") { filled -= 1 }
        if filled > 0, bytes[filled - 1] == UInt8(ascii: "\r") { filled -= 1 }
        guard (1...limit).contains(filled) else {
            throw .secretFile(path: path, reason: "does not hold 1 to \(limit) bytes")
        }
        return Secret(count: filled) { secret in
            bytes.withUnsafeBytes { secret.copyMemory(from: .init(rebasing: $0[..<filled])) }
        }
    }

    private static func objection(to file: Int32) -> String? {
        var system = statvfs()
        var info = stat()
        guard fstatvfs(file, &system) == 0, fstat(file, &info) == 0 else {
            return KeyFolder.cannot("be examined", errno)
        }
        guard info.st_mode & S_IFMT == S_IFREG else { return "is not a file" }
        let isReadOnly = system.f_flag & UInt(ST_RDONLY) != 0
        return KeyFolder.objection(
            to: info,
            allowed: isReadOnly ? [0o400, 0o600, 0o440] : [0o400, 0o600]
        )
    }
}
