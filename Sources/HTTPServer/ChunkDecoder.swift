/// The chunked transfer coding (RFC 9112, section 7.1), decoded as it arrives.
///
/// Trailer fields are refused: nothing here reads them, and merged into a head they are an attack.
package struct ChunkDecoder {
    /// What a call to `decode` came to.
    package enum Outcome: Equatable, Sendable {
        /// Everything given was used, and more is needed.
        case incomplete
        /// The body is whole; `consumed` bytes of the input belong to it.
        case complete(consumed: Int)
        case refused(Refusal)
    }

    private enum State {
        case size
        case extensionName
        case extensionValue
        case quoted
        case quotedPair
        case quoteEnd
        case sizeLineFeed
        case data
        case dataReturn
        case dataLineFeed
        case endReturn
        case endLineFeed
    }

    private var state = State.size
    private var remaining = 0
    private var digits = 0
    private var extensionBytes = 0
    private var wordBytes = 0
    private var total = 0
    private let limit: Int

    /// A decoder of bodies of at most `limit` bytes.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Takes what has arrived, in pieces of any size, and appends the body's bytes to `body`.
    package mutating func decode(_ bytes: Span<UInt8>, into body: inout [UInt8]) -> Outcome {
        var position = 0
        while position < bytes.count {
            if case .data = state {
                let count = min(remaining, bytes.count - position)
                let piece = bytes.extracting(position..<(position + count))
                piece.withUnsafeBufferPointer { body.append(contentsOf: $0) }
                remaining -= count
                position += count
                if remaining == 0 { state = .dataReturn }
                continue
            }
            let byte = bytes[position]
            position += 1
            if case .endLineFeed = state, byte == ByteClass.lf {
                return .complete(consumed: position)
            }
            if let refusal = step(byte) { return .refused(refusal) }
        }
        return .incomplete
    }

    private mutating func step(_ byte: UInt8) -> Refusal? {
        switch state {
        case .size: return size(byte)
        case .extensionName, .extensionValue, .quoted, .quotedPair, .quoteEnd:
            return chunkExtension(byte)
        case .sizeLineFeed:
            state = remaining == 0 ? .endReturn : .data
            digits = 0
            extensionBytes = 0
            return byte == ByteClass.lf ? nil : .badRequest
        case .dataReturn:
            state = .dataLineFeed
            return byte == ByteClass.cr ? nil : .badRequest
        case .dataLineFeed:
            state = .size
            return byte == ByteClass.lf ? nil : .badRequest
        case .endReturn:
            state = .endLineFeed
            return byte == ByteClass.cr ? nil : .badRequest
        case .endLineFeed, .data: return .badRequest
        }
    }

    private mutating func size(_ byte: UInt8) -> Refusal? {
        if let digit = ByteClass.hexValue(byte) {
            digits += 1
            // Eight digits are 4 GiB and cannot overflow; zeros in front are a way to hide a size.
            if digits > 8 { return .badRequest }
            remaining = remaining * 16 + digit
            return nil
        }
        guard digits > 0 else { return .badRequest }
        total += remaining
        if total > limit { return .bodyTooLarge }
        switch byte {
        case ByteClass.cr: state = .sizeLineFeed
        case 0x3B: beginWord(.extensionName)
        default: return .badRequest
        }
        return nil
    }

    /// Passes over extensions, `;name`, `;name=word` and `;name="text"`: at most 256 bytes a line.
    private mutating func chunkExtension(_ byte: UInt8) -> Refusal? {
        extensionBytes += 1
        if extensionBytes > 256 { return .badRequest }
        switch (state, byte) {
        case (.quotedPair, _):
            state = .quoted
            return ByteClass.isFieldValue(byte) ? nil : .badRequest
        case (.quoted, 0x22): beginWord(.quoteEnd)
        case (.quoted, 0x5C): state = .quotedPair
        case (.quoted, _): return ByteClass.isFieldValue(byte) ? nil : .badRequest
        case (.extensionValue, 0x22) where wordBytes == 0: state = .quoted
        case (.extensionName, 0x3D) where wordBytes > 0: beginWord(.extensionValue)
        case (_, 0x3B) where wordBytes > 0 || isAfterQuote: beginWord(.extensionName)
        case (_, ByteClass.cr) where wordBytes > 0 || isAfterQuote: state = .sizeLineFeed
        case (.extensionName, _), (.extensionValue, _):
            wordBytes += 1
            return ByteClass.isToken(byte) ? nil : .badRequest
        default: return .badRequest
        }
        return nil
    }

    private var isAfterQuote: Bool {
        if case .quoteEnd = state { true } else { false }
    }

    private mutating func beginWord(_ next: State) {
        state = next
        wordBytes = 0
    }
}
