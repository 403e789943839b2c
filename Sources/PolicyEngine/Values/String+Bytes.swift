// Cedar compares strings scalar by scalar. Swift's `==` compares them by canonical equivalence, so
// that `é` in one scalar and in two would be one name: every comparison of the engine goes through
// these functions instead.

extension String {
    /// Whether both are the same bytes of UTF-8.
    @inline(__always)
    func isIdentical(to other: String) -> Bool {
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

    /// Whether as many bytes are the same, eight at a time: ids are compared in every decision.
    private static func areEqual(
        _ left: UnsafeRawBufferPointer,
        _ right: UnsafeRawBufferPointer
    ) -> Bool {
        var offset = 0
        while offset + 8 <= left.count {
            let one = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let two = right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            guard one == two else { return false }
            offset += 8
        }
        while offset < left.count {
            guard left[offset] == right[offset] else { return false }
            offset += 1
        }
        return true
    }

    /// Whether the bytes of this come before those of the other.
    func precedesByBytes(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }

    /// The text between double quotes, as a Cedar literal that reads back to the same scalars.
    var quoted: String {
        // An id is plain ASCII nearly always, and looking up properties of scalars is slow.
        let isPlain = utf8.allSatisfy { byte in
            (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\"")
                && byte != UInt8(ascii: "\\")
        }
        if isPlain { return "\"\(self)\"" }
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
