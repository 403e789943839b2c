// Cedar compares strings scalar by scalar. Swift's `==` compares them by canonical equivalence, so
// that `é` in one scalar and in two would be one name: every comparison of the engine goes through
// these functions instead.

extension String {
    /// Whether both are the same bytes of UTF-8.
    @inline(__always)
    func isIdentical(to other: String) -> Bool {
        // The same storage, or the same few bytes in place of one: the usual case by far.
        if unsafeBitCast(self, to: Words.self) == unsafeBitCast(other, to: Words.self) {
            return true
        }
        let areEqual = utf8.withContiguousStorageIfAvailable { bytes in
            other.utf8.withContiguousStorageIfAvailable { others in
                bytes.count == others.count
                    && String.areEqual(
                        UnsafeRawBufferPointer(bytes),
                        UnsafeRawBufferPointer(others)
                    )
            }
        }
        return (areEqual ?? nil) ?? utf8.elementsEqual(other.utf8)
    }

    /// What a string is made of on a machine of 64 bits.
    private typealias Words = (UInt, UInt)

    /// Whether as many bytes are the same, eight at a time: ids are compared in every decision.
    private static func areEqual(
        _ left: UnsafeRawBufferPointer,
        _ right: UnsafeRawBufferPointer
    ) -> Bool {
        let count = left.count
        func areEqual<Word: FixedWidthInteger & BitwiseCopyable>(_ type: Word.Type, _ offset: Int)
            -> Bool
        {
            left.loadUnaligned(fromByteOffset: offset, as: type)
                == right.loadUnaligned(fromByteOffset: offset, as: type)
        }
        // What is left is read from the end, over bytes that may have been read before.
        switch count {
        case 8...:
            var offset = 0
            while offset + 8 < count {
                guard areEqual(UInt64.self, offset) else { return false }
                offset += 8
            }
            return areEqual(UInt64.self, count - 8)
        case 4..<8: return areEqual(UInt32.self, 0) && areEqual(UInt32.self, count - 4)
        default: return (0..<count).allSatisfy { left[$0] == right[$0] }
        }
    }

    /// Whether the bytes of this come before those of the other.
    func precedesByBytes(_ other: String) -> Bool {
        let precedes = utf8.withContiguousStorageIfAvailable { bytes in
            other.utf8.withContiguousStorageIfAvailable { others in
                for index in 0..<min(bytes.count, others.count)
                where bytes[index] != others[index] {
                    return bytes[index] < others[index]
                }
                return bytes.count < others.count
            }
        }
        return (precedes ?? nil) ?? utf8.lexicographicallyPrecedes(other.utf8)
    }

    /// The text between double quotes, as a Cedar literal that reads back to the same scalars.
    var quoted: String {
        // An id is plain ASCII nearly always, and looking up properties of scalars is slow.
        let isPlain = utf8.allSatisfy { byte in
            (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\"")
                && byte != UInt8(ascii: "\\")
        }
        if isPlain { return "\"" + self + "\"" }
        var out = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case "\0": out += "\\0"
            case _
            where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                || scalar.properties.generalCategory == .format
                || scalar.properties.isWhitespace && scalar != " ":
                out += "\\u{\(String(scalar.value, radix: 16))}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
