import Glibc

/// A file of SHA-1 hashes of passwords that leaked elsewhere, in the format of Pwned Passwords:
/// sorted lines of 40 hex digits, a colon and a count.
///
/// It has a thousand million lines, so it is never loaded: a look bisects the file with some
/// forty short reads. It is opened for each look, so that a newer file can be put in its place.
public struct BreachedList: Sendable, Hashable {
    /// Where the file lies.
    public let path: String

    /// 40 digits, a colon, a count of at most ten digits, CR LF; anything longer is no such line.
    private static let longestLine = 64
    /// Places of the file that are looked at before it is taken into use.
    private static let samples: Int64 = 256

    /// Takes a file into use once its ends and some lines between are what they should be.
    ///
    /// Whether every line is in order cannot be told without reading all 40 GB; a look that runs
    /// into disorder says so.
    /// - Throws: `CryptoError.breachedList` for a file that is missing, empty, malformed or unsorted.
    public init(path: String) throws(CryptoError) {
        self.path = path
        let file = try ListFile(path)
        var last: [UInt8]?
        var place: Int64 = -1
        for sample in 0...BreachedList.samples {
            // The last sample is the last line, found by going back from the end.
            let offset =
                sample == BreachedList.samples
                ? max(0, file.size - Int64(BreachedList.longestLine))
                : file.size / BreachedList.samples * sample
            guard let line = try file.line(atOrAfter: offset) else { continue }
            if let last, line.offset > place, line.digits <= last {
                throw file.refusal("is not sorted near byte \(line.offset)")
            }
            if line.offset > place { (last, place) = (line.digits, line.offset) }
        }
        guard last != nil else { throw file.refusal("has no line `HASH:COUNT`") }
    }

    /// Whether the SHA-1 of a password is in the list.
    ///
    /// - Throws: `CryptoError.breachedList`: what cannot be looked up must not be taken for safe.
    public func contains(_ password: Secret) throws(CryptoError) -> Bool {
        let wanted = Array(Hex.encode(Algorithms.sha1Digest(of: password)).utf8)
        let file = try ListFile(path)
        // Invariant: a line that starts before `low` is less, one at or after `high` is not.
        var (low, high) = (Int64(0), file.size)
        var (least, most): ([UInt8]?, [UInt8]?) = (nil, nil)
        while low < high {
            let middle = low + (high - low) / 2
            guard let line = try file.line(atOrAfter: middle), line.offset < high else {
                high = middle
                continue
            }
            if let least, line.digits <= least { throw file.refusal("is not sorted") }
            if let most, line.digits >= most { throw file.refusal("is not sorted") }
            if line.digits == wanted { return true }
            if line.digits < wanted {
                (low, least) = (line.end, line.digits)
            } else {
                (high, most) = (middle, line.digits)
            }
        }
        return false
    }

    /// The open file; closed with the value.
    private struct ListFile: ~Copyable {
        let path: String
        let size: Int64
        private let descriptor: Int32

        struct Line {
            let offset: Int64
            /// Where the next line starts.
            let end: Int64
            /// The hash as 40 lower-case digits, whose order is that of the hashes.
            let digits: [UInt8]
        }

        init(_ path: String) throws(CryptoError) {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                let reason =
                    errno == ENOENT ? "does not exist" : "cannot be opened (errno \(errno))"
                throw .breachedList(path: path, reason: reason)
            }
            var info = stat()
            guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
                close(descriptor)
                throw .breachedList(path: path, reason: "is no regular file")
            }
            self.path = path
            self.descriptor = descriptor
            size = Int64(info.st_size)
        }

        deinit { close(descriptor) }

        func refusal(_ reason: String) -> CryptoError {
            .breachedList(path: path, reason: reason)
        }

        /// The first line that starts at `offset` or after it; `nil` at the end of the file.
        func line(atOrAfter offset: Int64) throws(CryptoError) -> Line? {
            // One byte before tells whether a line starts at `offset` itself.
            let from = max(0, offset - 1)
            let bytes = try read(2 * BreachedList.longestLine, at: from)
            var start = 0
            if offset > 0 {
                guard let newline = bytes.firstIndex(of: 0x0a) else {
                    if from + Int64(bytes.count) >= size { return nil }
                    throw refusal("has no line near byte \(offset)")
                }
                start = newline + 1
            }
            guard start < bytes.count else { return nil }
            let rest = bytes[start...]
            let end = rest.firstIndex(of: 0x0a) ?? rest.endIndex
            guard let digits = ListFile.digits(rest[..<end]) else {
                throw refusal("has no line `HASH:COUNT` at byte \(from + Int64(start))")
            }
            return Line(
                offset: from + Int64(start),
                end: from + Int64(min(end + 1, rest.endIndex)),
                digits: digits
            )
        }

        private func read(_ count: Int, at offset: Int64) throws(CryptoError) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: count)
            var filled = 0
            while filled < count {
                let got = bytes.withUnsafeMutableBytes { buffer in
                    pread(
                        descriptor,
                        buffer.baseAddress?.advanced(by: filled),
                        count - filled,
                        off_t(offset) + off_t(filled)
                    )
                }
                if got < 0, errno == EINTR { continue }
                guard got >= 0 else { throw refusal("cannot be read (errno \(errno))") }
                if got == 0 { break }
                filled += got
            }
            return Array(bytes.prefix(filled))
        }

        /// The hash of a line without its newline; `nil` for what is no such line.
        private static func digits(_ line: ArraySlice<UInt8>) -> [UInt8]? {
            let line = line.last == 0x0d ? line.dropLast() : line
            guard (42...BreachedList.longestLine).contains(line.count),
                line[line.startIndex + 40] == UInt8(ascii: ":"),
                line.dropFirst(41).allSatisfy({ (0x30...0x39).contains($0) })
            else { return nil }
            let digits = line.prefix(40).map { (0x41...0x46).contains($0) ? $0 | 0x20 : $0 }
            return digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
                ? digits : nil
        }
    }
}

extension [UInt8] {
    fileprivate static func < (left: [UInt8], right: [UInt8]) -> Bool {
        left.lexicographicallyPrecedes(right)
    }

    fileprivate static func <= (left: [UInt8], right: [UInt8]) -> Bool { !(right < left) }

    fileprivate static func >= (left: [UInt8], right: [UInt8]) -> Bool { !(left < right) }
}
