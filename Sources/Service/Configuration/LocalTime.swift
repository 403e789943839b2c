import Glibc
import SQLite

/// The offset of a time zone from UTC at any moment, from the system's zone file (RFC 9636).
///
/// Foundation's `TimeZone` brings ICU with it: megabytes of memory for a table of 200 numbers.
struct LocalTime: Sendable {
    /// Moments (seconds since 1970) from which the offset of the same index holds, ascending.
    private let transitions: [(start: Int64, offset: Int)]
    private let firstOffset: Int
    /// The rule that holds after the last transition.
    private let rule: ZoneRule

    /// Reads the file of a zone.
    ///
    /// - Throws: where the name is none, or the file is missing or not a zone file.
    init(zone: String) throws(ConfigurationError) {
        guard LocalTime.isName(zone) else { throw ConfigurationError("no time zone `\(zone)`") }
        if let bytes = LocalTime.read("/usr/share/zoneinfo/" + zone) {
            guard let parsed = LocalTime(parsing: bytes) else {
                throw ConfigurationError("the file of time zone `\(zone)` cannot be read")
            }
            self = parsed
        } else if zone == "Europe/London", let rule = ZoneRule("GMT0BST,M3.5.0/1,M10.5.0") {
            // The default must work on a machine without zone files; the rule since 1996.
            (transitions, firstOffset, self.rule) = ([], 0, rule)
        } else {
            throw ConfigurationError("no time zone `\(zone)` in /usr/share/zoneinfo")
        }
    }

    /// Whether a text has the form of a zone's name, which becomes part of a path.
    static func isName(_ text: String) -> Bool {
        text.utf8.count <= 64
            && text.utf8.split(separator: 0x2f, omittingEmptySubsequences: false).allSatisfy {
                !$0.isEmpty
                    && $0.allSatisfy { byte in
                        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                            || (0x61...0x7a).contains(byte) || "+-_".utf8.contains(byte)
                    }
            }
    }

    /// Seconds east of UTC at `second` since 1970.
    func offset(at second: Int64) -> Int {
        if let last = transitions.last, second >= last.start {
            return rule.offset(at: second) ?? last.offset
        }
        if transitions.isEmpty { return rule.offset(at: second) ?? firstOffset }
        let next = transitions.partitioningIndex { $0.start > second }
        return next == 0 ? firstOffset : transitions[next - 1].offset
    }

    private static func read(_ path: String) -> [UInt8]? {
        // The largest zone file has 4 kB.
        let limit = 64 << 10
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = Glibc.read(file, &bytes, limit)
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }
}

extension LocalTime {
    /// RFC 9636, section 3: a block with 32-bit times, one with 64-bit times, a rule.
    private init?(parsing bytes: [UInt8]) {
        var input = ZoneFile(bytes)
        guard let old = input.header(), old.version >= 0x32 else { return nil }
        guard input.skip(old.size(timeWidth: 4)), let header = input.header() else { return nil }
        guard let starts = input.integers(header.times, width: 8),
            let kinds = input.take(header.times),
            let types = input.take(header.types * 6)
        else { return nil }
        let offsets = stride(from: types.startIndex, to: types.endIndex, by: 6).map { start in
            Int(Int32(truncatingIfNeeded: ZoneFile.integer(types[start..<(start + 4)])))
        }
        guard let first = offsets.first, kinds.allSatisfy({ Int($0) < offsets.count }),
            input.skip(header.abbreviations + header.leaps * 12 + header.flags),
            let footer = input.line(), let rule = ZoneRule(footer)
        else { return nil }
        transitions = zip(starts, kinds).map { ($0, offsets[Int($1)]) }
        firstOffset = first
        self.rule = rule
    }
}

/// The bytes of a zone file, read from the front.
private struct ZoneFile {
    private var rest: ArraySlice<UInt8>

    struct Header {
        let version: UInt8
        let flags, leaps, times, types, abbreviations: Int

        func size(timeWidth: Int) -> Int {
            times * (timeWidth + 1) + types * 6 + abbreviations + leaps * (timeWidth + 4) + flags
        }
    }

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func header() -> Header? {
        guard let head = take(20), head.prefix(4).elementsEqual("TZif".utf8),
            let counts = integers(6, width: 4)?.map({ Int($0) })
        else { return nil }
        return Header(
            version: head[head.startIndex + 4],
            // Two kinds of flags, with a count each.
            flags: counts[0] + counts[1],
            leaps: counts[2],
            times: counts[3],
            types: counts[4],
            abbreviations: counts[5]
        )
    }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func skip(_ count: Int) -> Bool { take(count) != nil }

    mutating func integers(_ count: Int, width: Int) -> [Int64]? {
        guard let bytes = take(count * width) else { return nil }
        return stride(from: bytes.startIndex, to: bytes.endIndex, by: width).map {
            ZoneFile.integer(bytes[$0..<($0 + width)])
        }
    }

    /// The text between two line feeds.
    mutating func line() -> String? {
        guard rest.first == 0x0a, rest.last == 0x0a, rest.count >= 2 else { return nil }
        return String(decoding: rest.dropFirst().dropLast(), as: UTF8.self)
    }

    static func integer(_ bytes: ArraySlice<UInt8>) -> Int64 {
        bytes.reduce(0) { $0 << 8 | Int64($1) }
    }
}

extension Array {
    /// The first index whose element satisfies `isAfter`, where all that do stand at the end.
    fileprivate func partitioningIndex(_ isAfter: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
