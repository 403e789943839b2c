/// A set of policies as bytecode.
final class Program: Sendable {
    let code: [Instruction]
    /// The first instruction of each policy.
    let starts: [UInt32]
    /// The policies that forbid, as bits: number n is bit n % 64 of word n / 64.
    private let forbids: [UInt64]
    let constants: [PlainValue]
    let patterns: [Pattern]
    let lists: [UInt32]
    let stackDepth: Int
    let slices: SliceIndex
    let names: NameTable
    let cells: [PlainValue]

    /// Compiles policies.
    ///
    /// Complexity: O(text of the policies + rows of the index).
    init(_ policies: [Policy]) {
        var compiler = Compiler()
        starts = policies.map { UInt32(compiler.compile($0)) }
        slices = SliceIndex(policies, &compiler)
        var forbids = Array(repeating: UInt64(0), count: slices.words)
        for (number, policy) in policies.enumerated() where policy.effect == .forbid {
            forbids[number / 64] |= 1 << UInt64(number % 64)
        }
        self.forbids = forbids
        code = compiler.code
        constants = compiler.constants
        patterns = compiler.patterns
        lists = compiler.lists
        stackDepth = max(compiler.stackDepth, 1)
        names = compiler.translator.names
        cells = compiler.translator.memory.base
    }

    /// Whether the policy of this number forbids.
    func isForbid(_ policy: Int) -> Bool { forbids[policy / 64] >> UInt64(policy % 64) & 1 == 1 }

    /// The policies of one word that have an effect, as bits.
    func policies(of effect: Effect, word: Int) -> UInt64 {
        effect == .forbid ? forbids[word] : ~forbids[word]
    }
}
