extension Situation {
    /// The request that the situation tells of, and the entities it speaks of.
    ///
    /// Throws when a value that has to be there is of a type that cannot be made up.
    public func request() throws(PolicyError) -> (request: Request, entities: Entities) {
        var maker = Maker(situation: self)
        let context = try maker.record(frame.action.context, ["context"])
        let principal = Entity(
            uid: maker.caller,
            parents: roles,
            attributes: try maker.record(frame.principal.attributes, ["principal"])
        )
        let resource = Entity(
            uid: EntityUID(type: resourceType, id: frame.resource.choices?.first ?? "this"),
            parents: conditions.compactMap { condition in
                if case .isIn(let group) = condition.setting { group } else { nil }
            },
            attributes: try maker.record(frame.resource.attributes, ["resource"])
        )
        let request = Request(
            principal: principal.uid,
            action: action,
            resource: resource.uid,
            context: context
        )
        return (
            request, try vocabulary.actions.adding([principal, resource] + maker.others)
        )
    }

    /// Makes up what a situation leaves open.
    private struct Maker {
        let situation: Situation
        private(set) var others: [Entity] = []

        init(situation: Situation) {
            self.situation = situation
        }

        var caller: EntityUID {
            EntityUID(type: situation.frame.principal.name, id: "caller")
        }

        mutating func record(
            _ attributes: AttributeMap,
            _ path: [String]
        ) throws(PolicyError) -> Record {
            var fields: [(String, Value)] = []
            for entry in attributes.entries {
                let path = path + [entry.name]
                guard entry.isRequired || isTold(path) else { continue }
                fields.append((entry.name, try value(entry.type, path)))
            }
            return try Record(fields)
        }

        private mutating func value(
            _ type: CedarType,
            _ path: [String]
        ) throws(PolicyError) -> Value {
            let setting = setting(path)
            switch type {
            case .bool:
                if case .holds(let value) = setting { return .bool(value) }
                return .bool(path.last.map(situation.vocabulary.normal.contains) ?? false)
            case .long: return .long(0)
            case .string:
                if case .text(let text) = setting { return .string(text) }
                return .string("")
            case .entity(let types):
                guard let type = types.first else { break }
                return .entity(try entity(type, isCaller: setting == .holds(true), path))
            case .set(.entity(let types)):
                guard let type = types.first else { break }
                if setting == .holds(true) { return .set([.entity(caller)]) }
                let choices = situation.vocabulary.schema.entityTypes[type]?.choices ?? []
                let all = choices.map { EntityUID(type: type, id: $0) }
                return .set(ValueSet(all.filter { setting != .without($0) }.map { .entity($0) }))
            case .set: return .set([])
            case .record(let fields, _): return .record(try record(fields, path))
            case .never, .anyEntity, .extended: break
            }
            throw PolicyError(
                "`\(path.joined(separator: "."))`: a value of type `\(type)` cannot be made up"
            )
        }

        /// An entity that an attribute names: the caller, or one made for this place alone.
        private mutating func entity(
            _ name: String,
            isCaller: Bool,
            _ path: [String]
        ) throws(PolicyError) -> EntityUID {
            if isCaller && name.isIdentical(to: situation.frame.principal.name) { return caller }
            let type = situation.vocabulary.schema.entityTypes[name]
            if let first = type?.choices?.first { return EntityUID(type: name, id: first) }
            let uid = EntityUID(type: name, id: path.joined(separator: "."))
            // Types may name each other without end; no policy goes deep.
            if let type, path.count <= 4 {
                let attributes = try record(type.attributes, path)
                others.append(Entity(uid: uid, attributes: attributes))
            }
            return uid
        }

        private func setting(_ path: [String]) -> Setting? {
            situation.conditions.last { $0.path == path }?.setting
        }

        /// Whether anything is said of an attribute or of what is within it.
        private func isTold(_ path: [String]) -> Bool {
            situation.conditions.contains { $0.path.starts(with: path) }
        }
    }
}
