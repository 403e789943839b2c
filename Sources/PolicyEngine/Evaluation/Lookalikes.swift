/// Some entities, those together whom a set of policies cannot tell apart: what it says of one of
/// them, it says of all.
///
/// To a policy a name is nothing but itself. If two entities have the same parents, attributes and tags,
/// and neither is named anywhere else, they could change their names and no answer would change: so one
/// of them is asked about, for any number of them.
public struct Lookalikes: Sendable {
    private let kinds: [[EntityUID]]
    /// The kind of each of them.
    private let places: [EntityUID: Int]
    private let types: Set<String>

    /// Sorts entities that are among others by what an authorizer can know of them; one that is given
    /// twice counts once.
    ///
    /// Complexity: O(size of all the entities).
    public init(_ uids: [EntityUID], among entities: Entities, for authorizer: Authorizer) {
        let named = Set(entities.all.flatMap(\.named))
        var known: [Kind: Int] = [:]
        var kinds: [[EntityUID]] = []
        var places: [EntityUID: Int] = [:]
        for uid in uids where places[uid] == nil {
            let isNamed = named.contains(uid) || authorizer.names(uid)
            let kind = Kind(entities[uid], name: isNamed ? uid : nil)
            let place = known[kind] ?? kinds.count
            if place == kinds.count {
                known[kind] = place
                kinds.append([])
            }
            kinds[place].append(uid)
            places[uid] = place
        }
        self.kinds = kinds
        self.places = places
        types = Set(uids.map(\.type))
    }

    /// All of them in groups, of which none is empty: what the policies say about `thing` to the first of
    /// a group, in a context that names none of them, they say to each of it.
    ///
    /// Whoever the thing names is a group of their own. Complexity: O(groups + size of the thing).
    public func groups(about thing: Entity) -> [[EntityUID]] {
        var groups = kinds
        for uid in [thing.uid] + thing.named where types.contains(uid.type) {
            guard let kind = places[uid],
                let place = groups[kind].firstIndex(of: uid)
            else { continue }
            groups[kind].remove(at: place)
            groups.append([uid])
        }
        return groups.filter { !$0.isEmpty }
    }

    /// What can be known of an entity without naming it.
    private struct Kind: Hashable {
        let parents: Set<EntityUID>
        let attributes: Record?
        let tags: Record?
        /// Who is named can be told from all others.
        let name: EntityUID?

        init(_ entity: Entity?, name: EntityUID?) {
            parents = Set(entity?.parents ?? [])
            attributes = entity?.attributes
            tags = entity?.tags
            self.name = name
        }
    }
}
