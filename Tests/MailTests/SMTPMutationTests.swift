import Mail
import Testing

/// Seeded mutations of what a relay says.
@Suite struct SMTPMutationTests {
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

    private static let pieces = [
        "\r\n", "\n", "\r", "250 ", "250-", "220 ", "334 ", "354 ", "421 ", "550 ", "-", " ",
        "STARTTLS", "AUTH PLAIN", "AUTH LOGIN", "SIZE 1", "SIZE 99999999999999999999", "5.1.1 ",
        "\0", "4.", "9",
    ].map { Array($0.utf8) }

    private static func mutate(_ bytes: [UInt8], _ random: inout Generator) -> [UInt8] {
        var bytes = bytes
        let position = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: position)
        case 1:
            let end = min(position + Int.random(in: 1...6, using: &random), bytes.count)
            bytes.removeSubrange(position..<end)
        case 2 where position < bytes.count:
            bytes[position] = UInt8.random(in: 0...255, using: &random)
        default:
            let end = min(position + Int.random(in: 1...20, using: &random), bytes.count)
            bytes.insert(contentsOf: Array(bytes[position..<end]), at: position)
        }
        return bytes
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `a relay out of its mind gets no password in clear and comes to one end`(
        seed: UInt64
    ) throws {
        var random = Generator(state: seed)
        let honest = SMTPConversationTests.replies.map { Array($0.utf8) }
        for round in 0..<600 {
            var replies = honest
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<replies.count, using: &random)
                replies[place] = Self.mutate(replies[place], &random)
            }
            // `play` itself sees to the password.
            let whole = outcome { try SMTPConversationTests.play(replies) { [$1] } }
            let drip = outcome { try SMTPConversationTests.play(replies) { $1.map { [$0] } } }
            // Octets beyond a reply end the session; dripping, the reply comes before them.
            if drip.isCut { continue }
            #expect(whole == drip, "seed \(seed), round \(round)")
        }
    }

    private struct Outcome: Equatable {
        var sent: [String] = []
        var end: SMTPConversation.Action?
        var refusal: MailError?
        var isCut: Bool { end == nil && refusal == nil }
    }

    private func outcome(
        _ play: () throws -> (sent: [String], end: SMTPConversation.Action?)
    ) -> Outcome {
        do {
            let (sent, end) = try play()
            return Outcome(sent: sent, end: end)
        } catch let error as MailError {
            return Outcome(refusal: error)
        } catch {
            Issue.record(error)
            return Outcome()
        }
    }
}
