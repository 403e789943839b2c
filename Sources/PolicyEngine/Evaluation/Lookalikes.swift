/// Some entities, those together whom a set of policies cannot tell apart: what it says of one of
/// them, it says of all.
///
/// To a policy an id is nothing but itself. If two entities have the same type, parents, attributes and
/// tags, and neither is named anywhere else, they could change their ids and no answer would change: so one
/// of them is asked about, for any number of them.
public struct Lookalikes: Sendable {
    private let kinds: [[EntityUID]]
    private let uids: Set<EntityUID>
    private let types: [String]

    /// Sorts entities that are among others by what an authorizer can know of them; one that is given
    /// twice counts once.
    ///
    /// Complexity: O(size of all the entities).
    public init(_ uids: [EntityUID], among entities: Entities, for authorizer: Authorizer) {
        var named: Set<EntityUID> = []
        for entity in entities.all { entity.forEachName { named.insert($0) } }
        var known: [Kind: Int] = [:]
        var kinds: [[EntityUID]] = []
        var seen: Set<EntityUID> = []
        for uid in uids where seen.insert(uid).inserted {
            let isNamed = named.contains(uid) || authorizer.names(uid)
            let kind = Kind(entities[uid], type: uid.type, name: isNamed ? uid : nil)
            let place = known[kind] ?? kinds.count
            if place == kinds.count {
                known[kind] = place
                kinds.append([])
            }
            kinds[place].append(uid)
        }
        self.kinds = kinds
        self.uids = seen
        types = Array(Set(uids.map(\.type)))
    }

    /// Entities of which the first is asked about for all.
    public struct Group: Sendable {
        /// The one to ask about.
        public let first: EntityUID
        private let kind: [EntityUID]
        private let apart: [EntityUID]

        /// All of them.
        public var members: [EntityUID] {
            apart.isEmpty ? kind : kind.filter { !apart.contains($0) }
        }

        /// Those of a kind that are not apart, if there are some.
        fileprivate init?(of kind: [EntityUID], but apart: [EntityUID] = []) {
            guard let first = kind.first(where: { !apart.contains($0) }) else { return nil }
            self.first = first
            self.kind = kind
            self.apart = apart
        }
    }

    /// All of them in groups: what the policies say about `thing` to the first of a group, in a context
    /// that names none of them, they say to each of it.
    ///
    /// Whoever the thing names is a group of their own. Complexity: O(groups + size of the thing).
    public func groups(about thing: Entity) -> [Group] {
        var apart: [EntityUID] = []
        func separate(_ uid: EntityUID) {
            if types.contains(uid.type), uids.contains(uid), !apart.contains(uid) {
                apart.append(uid)
            }
        }
        separate(thing.uid)
        thing.forEachName(separate)
        return kinds.compactMap { Group(of: $0, but: apart) } + apart.compactMap { Group(of: [$0]) }
    }

    /// What can be known of an entity without naming it.
    private struct Kind: Hashable {
        let type: String
        let parents: Set<EntityUID>
        let attributes: Record?
        let tags: Record?
        /// Who is named can be told from all others.
        let name: EntityUID?

        init(_ entity: Entity?, type: String, name: EntityUID?) {
            self.type = type
            parents = Set(entity?.parents ?? [])
            attributes = entity?.attributes
            tags = entity?.tags
            self.name = name
        }
    }
}
