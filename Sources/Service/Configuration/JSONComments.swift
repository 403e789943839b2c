/// Comments in a JSON file that people write by hand.
enum JSONComments {
    /// The bytes with `// …` and `/* … */` outside strings replaced by spaces, so that the place
    /// of an error stays what it was; `nil` where a comment has no end.
    static func blanked(_ bytes: [UInt8]) -> [UInt8]? {
        var result = bytes
        var index = 0
        while index < bytes.count {
            switch (bytes[index], index + 1 < bytes.count ? bytes[index + 1] : 0) {
            case (UInt8(ascii: "\""), _):
                index = endOfString(bytes, from: index)
            case (UInt8(ascii: "/"), UInt8(ascii: "/")):
                let end = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
                blank(&result, index..<end)
                index = end
            case (UInt8(ascii: "/"), UInt8(ascii: "*")):
                guard let end = endOfBlock(bytes, from: index + 2) else { return nil }
                blank(&result, index..<end)
                index = end
            default: index += 1
            }
        }
        return result
    }

    /// The index after the closing quote; a string without an end is the JSON reader's to refuse.
    private static func endOfString(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start + 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, bytes.count)
    }

    private static func endOfBlock(_ bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "*"), bytes[index + 1] == UInt8(ascii: "/") {
                return index + 2
            }
            index += 1
        }
        return nil
    }

    private static func blank(_ bytes: inout [UInt8], _ range: Range<Int>) {
        for index in range where bytes[index] != UInt8(ascii: "\n") {
            bytes[index] = UInt8(ascii: " ")
        }
    }
}
