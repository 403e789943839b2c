/// A set of policies as bytecode.
final class Program: Sendable {
    let code: [Instruction]
    /// The first instruction of each policy.
    let starts: [UInt32]
    private let forbids: [Bool]
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
        forbids = policies.map { $0.effect == .forbid }
        slices = SliceIndex(policies, &compiler)
        code = compiler.code
        constants = compiler.constants
        patterns = compiler.patterns
        lists = compiler.lists
        stackDepth = max(compiler.stackDepth, 1)
        names = compiler.translator.names
        cells = compiler.translator.memory.base
    }

    /// Whether the policy of this number forbids.
    func isForbid(_ policy: Int) -> Bool { forbids[policy] }
}
