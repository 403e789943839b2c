/// A value of the language in 16 bytes and without references: what the bytecode computes with.
///
/// Strings and entities are numbers of a `NameTable`; sets, records and addresses are runs of cells
/// in a `PlainMemory`.
struct PlainValue: Sendable {
    let kind: Value.Kind
    /// In a field of a record, the number of its name; 0 elsewhere.
    let name: UInt32
    /// The boolean, the number, the number of the name, or the run.
    let bits: UInt64

    init(_ kind: Value.Kind, bits: UInt64, name: UInt32 = 0) {
        self.kind = kind
        self.name = name
        self.bits = bits
    }

    init(_ value: Bool) {
        self.init(.bool, bits: value ? 1 : 0)
    }

    init(_ kind: Value.Kind, _ number: Int64) {
        self.init(kind, bits: UInt64(bitPattern: number))
    }

    init(_ kind: Value.Kind, name number: UInt32) {
        self.init(kind, bits: UInt64(number))
    }

    init(_ kind: Value.Kind, _ run: Run) {
        self.init(kind, bits: run.bits)
    }

    static let emptyRecord = PlainValue(.record, Run(.base, start: 0, count: 0))

    var isTrue: Bool { bits != 0 }
    var number: Int64 { Int64(bitPattern: bits) }
    var nameNumber: UInt32 { UInt32(truncatingIfNeeded: bits) }
    var run: Run { Run(bits: bits) }

    /// Whether equal values have equal bits.
    var isScalar: Bool { !hasRun }

    /// Whether the bits are a run.
    var hasRun: Bool {
        switch kind {
        case .set, .record, .ipaddr: true
        case .bool, .long, .string, .entity, .decimal, .datetime, .duration: false
        }
    }

    func named(_ name: UInt32) -> PlainValue { PlainValue(kind, bits: bits, name: name) }

    /// Cells side by side: the members of a set in order, the fields of a record in the order of
    /// their names' numbers, or the three parts of an address.
    struct Run: Sendable {
        let bits: UInt64

        init(bits: UInt64) {
            self.bits = bits
        }

        init(_ region: Region, start: Int, count: Int) {
            precondition(
                start <= UInt32.max && count < 1 << 30,
                "a value is larger than the limits"
            )
            bits = UInt64(region.rawValue) << 62 | UInt64(count) << 32 | UInt64(start)
        }

        var start: Int { Int(bits & 0xFFFF_FFFF) }
        var count: Int { Int(bits >> 32 & 0x3FFF_FFFF) }
        var region: Region {
            switch bits >> 62 {
            case 0: .base
            case 1: .added
            case 2: .question
            default: .decision
            }
        }
    }

    /// Whose cells they are, by how long they live.
    enum Region: UInt8, Sendable {
        /// Those of the policies and of the entities that are always there.
        case base
        /// Those of the entities that were added for one request.
        case added
        /// Those of the context.
        case question
        /// Those that a policy puts together while it is evaluated.
        case decision
    }
}
