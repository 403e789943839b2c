/// Resolves the escapes of a string literal, which are those of Rust.
enum Escapes {
    static func read(
        _ token: Token,
        of source: SourceText,
        isPattern: Bool
    ) throws(PolicyError) -> [Pattern.Element] {
        var reader = Reader(source: source, index: token.start + 1, end: token.end - 1)
        var out: [Pattern.Element] = []
        while let scalar = reader.next() {
            switch scalar {
            case "\\":
                out.append(try reader.escape(isPattern: isPattern))
            case "*" where isPattern: out.append(.wildcard)
            // A carriage return of its own would be lost on its way through many editors.
            case "\r":
                throw source.error("a carriage return must be written `\\r`", at: reader.index)
            default: out.append(.scalar(scalar))
            }
        }
        return out
    }

    private struct Reader {
        let source: SourceText
        var index: Int
        let end: Int

        mutating func next() -> Unicode.Scalar? {
            guard index < end else { return nil }
            var decoder = UTF8()
            var bytes = source.bytes[index..<end].makeIterator()
            guard case .scalarValue(let scalar) = decoder.decode(&bytes) else { return nil }
            index += UTF8.width(scalar)
            return scalar
        }

        /// What stands after a backslash.
        ///
        /// In a pattern `\*` is the one way to write a star that is no wildcard.
        mutating func escape(isPattern: Bool) throws(PolicyError) -> Pattern.Element {
            let start = index - 1
            let scalar: Unicode.Scalar
            switch next() {
            case "n": scalar = "\n"
            case "r": scalar = "\r"
            case "t": scalar = "\t"
            case "\\": scalar = "\\"
            case "0": scalar = "\0"
            case "'": scalar = "'"
            case "\"": scalar = "\""
            case "*" where isPattern: return .scalar("*")
            case "x": scalar = try hexadecimal(start)
            case "u": scalar = try unicode(start)
            default: throw invalid(start)
            }
            return isPattern && scalar == "*" ? .wildcard : .scalar(scalar)
        }

        /// `\x41`: two digits, ASCII only.
        private mutating func hexadecimal(_ start: Int) throws(PolicyError) -> Unicode.Scalar {
            guard let high = digit(), let low = digit(), high < 8,
                let scalar = Unicode.Scalar(high << 4 | low)
            else { throw invalid(start) }
            return scalar
        }

        /// `\u{1F600}`: one to six digits, with `_` between them.
        private mutating func unicode(_ start: Int) throws(PolicyError) -> Unicode.Scalar {
            guard next() == "{", let first = digit() else { throw invalid(start) }
            var value = first
            var count = 1
            while index < end, source.bytes[index] != UInt8(ascii: "}") {
                if source.bytes[index] == UInt8(ascii: "_") {
                    index += 1
                    continue
                }
                guard let next = digit(), count < 6 else { throw invalid(start) }
                value = value << 4 | next
                count += 1
            }
            guard next() == "}", let scalar = Unicode.Scalar(value) else { throw invalid(start) }
            return scalar
        }

        private mutating func digit() -> UInt32? {
            guard index < end else { return nil }
            let value = Character(Unicode.Scalar(source.bytes[index])).hexDigitValue
            if value != nil { index += 1 }
            return value.map(UInt32.init)
        }

        private func invalid(_ start: Int) -> PolicyError {
            source.error(
                "unknown escape; known are \\n \\r \\t \\\\ \\0 \\' \\\" \\x41 \\u{…} and, in a "
                    + "pattern, \\*",
                at: start
            )
        }
    }
}
