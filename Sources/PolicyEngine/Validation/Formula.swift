/// Atoms joined by and, or, not and if.
indirect enum Formula {
    case constant(Bool)
    case atom(Int)
    case not(Formula)
    case all([Formula])
    case any([Formula])
    /// If the first then the second, else the third: the first is in it once, however deep they nest.
    case choice(Formula, Formula, Formula)

    /// The value under some atoms' values; nil while it depends on the others.
    func value(_ values: [Bool?]) -> Bool? {
        switch self {
        case .constant(let value): return value
        case .atom(let number): return values[number]
        case .not(let formula): return formula.value(values).map { !$0 }
        case .all(let formulas): return Formula.fold(formulas, values, stop: false)
        case .any(let formulas): return Formula.fold(formulas, values, stop: true)
        case .choice(let test, let positive, let negative):
            switch test.value(values) {
            case true?: return positive.value(values)
            case false?: return negative.value(values)
            case nil:
                let value = positive.value(values)
                return value != nil && value == negative.value(values) ? value : nil
            }
        }
    }

    private static func fold(_ formulas: [Formula], _ values: [Bool?], stop: Bool) -> Bool? {
        var isKnown = true
        for formula in formulas {
            let value = formula.value(values)
            if value == stop { return stop }
            isKnown = isKnown && value != nil
        }
        return isKnown ? !stop : nil
    }

    /// The values of six atoms in all their 64 combinations, one bit each.
    private static let masks: [UInt64] = [
        0xAAAA_AAAA_AAAA_AAAA, 0xCCCC_CCCC_CCCC_CCCC, 0xF0F0_F0F0_F0F0_F0F0,
        0xFF00_FF00_FF00_FF00, 0xFFFF_0000_FFFF_0000, 0xFFFF_FFFF_0000_0000,
    ]

    /// The value in 64 combinations at once.
    private func word(_ atoms: [UInt64]) -> UInt64 {
        switch self {
        case .constant(let value): return value ? ~0 : 0
        case .atom(let number): return atoms[number]
        case .not(let formula): return ~formula.word(atoms)
        case .all(let formulas): return formulas.reduce(~0) { $0 & $1.word(atoms) }
        case .any(let formulas): return formulas.reduce(0) { $0 | $1.word(atoms) }
        case .choice(let test, let positive, let negative):
            let word = test.word(atoms)
            return word & positive.word(atoms) | ~word & negative.word(atoms)
        }
    }

    /// The numbers of the atoms in it.
    var atoms: Set<Int> {
        switch self {
        case .constant: []
        case .atom(let number): [number]
        case .not(let formula): formula.atoms
        case .all(let formulas), .any(let formulas):
            formulas.reduce(into: []) { $0.formUnion($1.atoms) }
        case .choice(let test, let positive, let negative):
            test.atoms.union(positive.atoms).union(negative.atoms)
        }
    }

    /// Takes the values back that the formula is true without.
    func forgetNeedless(_ values: inout [Bool?]) {
        for number in values.indices {
            let value = values[number]
            values[number] = nil
            if self.value(values) != true { values[number] = value }
        }
    }

    /// Gives atoms values, one after the other, until the formula is true; false when none do.
    ///
    /// A combination is looked into as far as it leaves the formula open: what some atoms settle
    /// needs no regard to the others. The last six atoms have all their values at once.
    func isSatisfied(_ values: inout [Bool?]) -> Bool {
        if let known = value(values) { return known }
        let open = values.indices.filter { values[$0] == nil }
        guard open.count > Formula.masks.count else {
            var words = values.map { $0 == true ? ~0 : 0 as UInt64 }
            for (atom, mask) in zip(open, Formula.masks) { words[atom] = mask }
            let found = word(words)
            guard found != 0 else { return false }
            for atom in open { values[atom] = words[atom] >> found.trailingZeroBitCount & 1 == 1 }
            return true
        }
        let next = open[0]
        for value in [true, false] {
            values[next] = value
            if isSatisfied(&values) { return true }
        }
        values[next] = nil
        return false
    }
}
