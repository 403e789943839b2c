/// Finds the policies whose heads can match a request.
///
/// Policy n is bit n % 64 of word n / 64. A head cannot fail, so a policy that is left out could neither hold nor err.
struct PolicyIndex: Sendable {
    let words: Int
    /// Policies with no condition on the action, and by the entity that the action must be in.
    private let anyAction: [UInt64]
    private let byAction: [EntityUID: [UInt64]]
    /// Policies by the type that the principal or the resource must have.
    private let principals: TypeIndex
    private let resources: TypeIndex

    init(_ policies: [Policy]) {
        words = (policies.count + 63) / 64
        let empty = [UInt64](repeating: 0, count: words)
        var anyAction = empty
        var byAction: [EntityUID: [UInt64]] = [:]
        for (number, policy) in policies.enumerated() {
            let bit: UInt64 = 1 << UInt64(number % 64)
            let keys: [EntityUID]
            switch policy.action {
            case .any:
                anyAction[number / 64] |= bit
                continue
            case .equal(let action), .isIn(let action): keys = [action]
            case .isInAny(let actions): keys = actions
            }
            for key in keys { byAction[key, default: empty][number / 64] |= bit }
        }
        self.anyAction = anyAction
        self.byAction = byAction
        principals = TypeIndex(policies.map { TypeIndex.type(of: $0.principal) }, words: words)
        resources = TypeIndex(policies.map { TypeIndex.type(of: $0.resource) }, words: words)
    }

    /// Calls the body with the number of every candidate, in order.
    ///
    /// Complexity: O(ancestors of the action + policies / 64 + candidates).
    @inline(__always)
    func forEachCandidate(
        principal: String,
        action: EntityUID,
        ancestors: [EntityUID],
        resource: String,
        _ body: (Int) -> Void
    ) {
        let own = byAction[action]
        let groups = ancestors.compactMap { byAction[$0] }
        let ofPrincipal = principals[principal]
        let ofResource = resources[resource]
        for word in 0..<words {
            var bits = anyAction[word] | (own?[word] ?? 0)
            for group in groups { bits |= group[word] }
            bits &= ofPrincipal[word] & ofResource[word]
            while bits != 0 {
                body(word * 64 + bits.trailingZeroBitCount)
                bits &= bits - 1
            }
        }
    }

    /// Policies by the entity type their scope asks for.
    private struct TypeIndex: Sendable {
        private let any: [UInt64]
        private let byType: [String: [UInt64]]

        init(_ types: [String?], words: Int) {
            var any = [UInt64](repeating: 0, count: words)
            for (number, type) in types.enumerated() where type == nil {
                any[number / 64] |= 1 << UInt64(number % 64)
            }
            var byType: [String: [UInt64]] = [:]
            for (number, type) in types.enumerated() {
                guard let type else { continue }
                byType[type, default: any][number / 64] |= 1 << UInt64(number % 64)
            }
            self.any = any
            self.byType = byType
        }

        subscript(type: String) -> [UInt64] {
            byType[type] ?? any
        }

        /// The only type that can match, if there is only one.
        static func type(of scope: Policy.Scope) -> String? {
            switch scope {
            case .any, .isIn, .equal(.slot): nil
            case .equal(.entity(let uid)): uid.type
            case .isType(let type), .isTypeIn(let type, _): type
            }
        }
    }
}
