/// What the engine accepts at the most; each limit stands here with its reason.
enum Limits {
    /// A policy or schema text, in bytes: a large set of a thousand policies is a quarter of it.
    static let textBytes = 4 << 20
    /// Bytes of a JSON text of entities: a whole trust of schools is a tenth of it.
    static let dataBytes = 256 << 20
    /// Nesting of a JSON text: an expression of a policy takes up to three levels of it.
    static let jsonDepth = 1_000
    /// Operands that one chain of a policy's JSON form nests: more are written as a balanced tree.
    static let jsonChain = 32
    /// Bytes of one string literal: longer ones are data, which belongs in an entity.
    static let literalBytes = 64 << 10
    /// Nesting of expressions and types: keeps every recursion within a small thread's stack.
    static let depth = 200
    /// Policies and templates of one set: beyond it the index by action would outgrow its use.
    static let policies = 20_000
    /// Entities handed over at once: a whole trust of schools is a tenth of it.
    static let entities = 2_000_000
    /// Ancestors of one entity: their closure is kept, and a long chain would grow it squared.
    static let ancestors = 1_000
    /// Ancestors of all entities handed over at once, each counted for each: half a gigabyte.
    static let closure = 16_000_000
    /// Nodes of one policy's conditions: bounds the time of one evaluation.
    static let nodes = 100_000
    /// Nesting of types in a schema, and of one named type within another.
    static let typeDepth = 64
    /// Parts of one resolved type: named types multiply when they name each other.
    static let typeSize = 20_000
    /// Atoms of one proof: each doubles the combinations.
    static let atoms = 20
    /// Atoms of a filter's condition: SQLite refuses an expression deeper than 1,000, and a chain of
    /// ORs is as deep as it is long.
    static let filterAtoms = 800
    /// Bytes of a compiled filter: SQLite refuses statements over a million bytes.
    static let filterBytes = 200_000
}
