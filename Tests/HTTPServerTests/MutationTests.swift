import HTTPServer
import Testing

/// Seeded mutations of requests: the parsers neither trap nor contradict themselves.
struct MutationTests {
    /// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// Pieces that are more likely than single bytes to lead somewhere.
    private static let pieces = [
        "\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", ":", ";", "=", "\"", "\\", "0", "f", "Host: a",
        "Content-Length: 5", "Transfer-Encoding: chunked", "Connection: close", "HTTP/1.1", "\0",
        "Expect: 100-continue", "http://a/", "*", "?", "#", "FFFFFFFF", "5\r\nhello\r\n",
    ].map { Array($0.utf8) }

    private static func mutate(_ bytes: [UInt8], _ random: inout Generator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let position = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                bytes.insert(
                    contentsOf: pieces.randomElement(using: &random) ?? [],
                    at: position
                )
            case 1:
                let end = min(position + Int.random(in: 1...6, using: &random), bytes.count)
                bytes.removeSubrange(position..<end)
            case 2 where position < bytes.count:
                bytes[position] = UInt8.random(in: 0...255, using: &random)
            default:
                let end = min(position + Int.random(in: 1...20, using: &random), bytes.count)
                bytes.insert(contentsOf: Array(bytes[position..<end]), at: position)
            }
        }
        return bytes
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `a mutated head comes to one outcome however it is cut`(_ seed: UInt64) {
        var random = Generator(state: seed)
        let limits = ServerLimits()
        var whole = RequestHead()
        var part = RequestHead()
        for round in 0..<4000 {
            let source = RequestHeadTests.accepted.randomElement(using: &random) ?? ""
            let bytes = Self.mutate(Array(source.utf8), &random)
            let outcome = whole.parse(bytes.span, limits: limits)
            let count = Int.random(in: 0...bytes.count, using: &random)
            switch part.parse(bytes.span.extracting(first: count), limits: limits) {
            case .incomplete:
                break
            case .complete:
                #expect(outcome == .complete && part.length == whole.length, "round \(round)")
            case let refused:
                #expect(outcome == refused, "seed \(seed), round \(round)")
            }
            guard outcome == .complete else { continue }
            let tail = bytes[..<whole.length].suffix(4)
            #expect(tail == [13, 10, 13, 10], "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: [5, 6, 7, 8] as [UInt64])
    func `a mutated chunked body comes to one outcome however it is cut`(_ seed: UInt64) {
        var random = Generator(state: seed)
        let source = Array(
            "5;a=b;c=\"d\\\"\"\r\nhello\r\n1f\r\n\(String(repeating: "x", count: 31))\r\n0\r\n\r\n"
                .utf8
        )
        for round in 0..<4000 {
            let bytes = Self.mutate(source, &random)
            var body: [UInt8] = []
            var decoder = ChunkDecoder(limit: 1000)
            let outcome = decoder.decode(bytes.span, into: &body)
            #expect(body.count <= 1000)
            let pieces = decodeInPieces(bytes, &random)
            #expect(pieces.outcome == outcome, "seed \(seed), round \(round)")
            #expect(pieces.body == body, "seed \(seed), round \(round)")
        }
    }

    private func decodeInPieces(
        _ bytes: [UInt8],
        _ random: inout Generator
    ) -> (outcome: ChunkDecoder.Outcome, body: [UInt8]) {
        var body: [UInt8] = []
        var decoder = ChunkDecoder(limit: 1000)
        var position = 0
        while position < bytes.count {
            let end = min(position + Int.random(in: 1...8, using: &random), bytes.count)
            switch decoder.decode(bytes.span.extracting(position..<end), into: &body) {
            case .incomplete: position = end
            case .complete(let consumed): return (.complete(consumed: position + consumed), body)
            case .refused(let refusal): return (.refused(refusal), body)
            }
        }
        return (.incomplete, body)
    }
}
