/// Finds the policies whose heads can match a request.
///
/// Policy n is bit n % 64 of word n / 64 of a row. A head cannot fail, so a policy that is left out
/// could neither hold nor err.
struct SliceIndex: Sendable {
    /// The words of a row.
    let words: Int
    private(set) var rows: [UInt64] = []
    /// Where the rows begin, by the action, and by each group that it is in.
    private var actions: Lookup
    private var groups: Lookup
    /// Where the rows begin, by the type of the principal and of the resource.
    private var principals: Lookup
    private var resources: Lookup

    /// The place of a row by the number of a name, and that of the row for all other names.
    private struct Lookup: Sendable {
        var others: Int
        /// By the numbers of names, which are those of policies and so few; -1 where there is no row.
        private var places: [Int32] = []

        init(others: Int) {
            self.others = others
        }

        func place(of name: UInt32) -> Int? {
            guard name < places.count, places[Int(name)] >= 0 else { return nil }
            return Int(places[Int(name)])
        }

        mutating func set(_ place: Int, for name: UInt32) {
            let missing = Int(name) + 1 - places.count
            if missing > 0 { places += Array(repeating: -1, count: missing) }
            places[Int(name)] = Int32(place)
        }

        subscript(name: UInt32) -> Int { place(of: name) ?? others }
    }

    init(_ policies: [Policy], _ compiler: inout Compiler) {
        words = (policies.count + 63) / 64
        actions = Lookup(others: 0)
        groups = Lookup(others: 0)
        principals = Lookup(others: 0)
        resources = Lookup(others: 0)
        actions = enter(
            policies.map { policy in
                switch policy.action {
                case .any: nil
                case .equal(let action), .isIn(let action): [compiler.number(of: action)]
                case .isInAny(let actions): actions.map { compiler.number(of: $0) }
                }
            }
        )
        groups = enter(
            policies.map { policy in
                switch policy.action {
                case .any: nil
                case .equal: []
                case .isIn(let group): [compiler.number(of: group)]
                case .isInAny(let groups): groups.map { compiler.number(of: $0) }
                }
            }
        )
        principals = enter(policies.map { $0.principal.type.map { [compiler.number(of: $0)] } })
        resources = enter(policies.map { $0.resource.type.map { [compiler.number(of: $0)] } })
    }

    /// Makes the rows for one part of the head, from the names each policy asks for there; `nil` asks
    /// for nothing.
    private mutating func enter(_ keys: [[UInt32]?]) -> Lookup {
        var lookup = Lookup(others: rows.count)
        rows += Array(repeating: 0, count: words)
        for (number, names) in keys.enumerated() where names == nil {
            rows[lookup.others + number / 64] |= 1 << UInt64(number % 64)
        }
        for (number, names) in keys.enumerated() {
            for name in names ?? [] {
                let place = lookup.place(of: name) ?? rows.count
                if place == rows.count {
                    lookup.set(place, for: name)
                    rows += rows[lookup.others..<(lookup.others + words)]
                }
                rows[place + number / 64] |= 1 << UInt64(number % 64)
            }
        }
        return lookup
    }

    /// What of the set can match a request.
    struct Slice: Sendable {
        fileprivate var action: Int
        /// The rows of the groups that the action is in and policies name.
        fileprivate var groups: [Int]
        fileprivate var principal: Int
        fileprivate var resource: Int
    }

    /// The slice for an action that is in some groups, and for types of principal and resource.
    func slice(
        action: UInt32,
        groups: ArraySlice<UInt32>,
        principal: UInt32,
        resource: UInt32
    ) -> Slice {
        Slice(
            action: actions[action],
            groups: rows(of: groups),
            principal: principals[principal],
            resource: resources[resource]
        )
    }

    func set(principal type: UInt32, _ slice: inout Slice) { slice.principal = principals[type] }

    func set(action: UInt32, _ groups: ArraySlice<UInt32>, _ slice: inout Slice) {
        slice.action = actions[action]
        slice.groups = rows(of: groups)
    }

    func set(resource type: UInt32, _ slice: inout Slice) { slice.resource = resources[type] }

    private func rows(of groups: ArraySlice<UInt32>) -> [Int] {
        groups.compactMap { self.groups.place(of: $0) }
    }

    /// The policies of one word that can match, as bits.
    ///
    /// Complexity: O(groups of the action that policies name).
    func candidates(_ slice: borrowing Slice, word: Int) -> UInt64 {
        var bits = rows[slice.action + word]
        for group in slice.groups { bits |= rows[group + word] }
        return bits & rows[slice.principal + word] & rows[slice.resource + word]
    }
}

extension Policy.Scope {
    /// The only type that can match, if there is only one.
    fileprivate var type: String? {
        switch self {
        case .any, .isIn, .equal(.slot): nil
        case .equal(.entity(let uid)): uid.type
        case .isType(let type), .isTypeIn(let type, _): type
        }
    }
}
