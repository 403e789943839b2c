/// Reads policies from Cedar's JSON form (Cedar's documentation, "JSON policy format").
///
/// What is read is printed as Cedar text and parsed again: one parser says what a policy may be, and
/// findings have a line that can be shown.
struct PolicyJSONReader {
    let name: String

    func policySet(_ json: JSON, at place: JSONPlace) throws(PolicyError) -> PolicySet {
        try json.expectMembers(["staticPolicies", "templates", "templateLinks"], at: place)
        var policies: [Policy] = []
        var templates: [[UInt8]: Policy] = [:]
        for (key, mayHaveSlots) in [("staticPolicies", false), ("templates", true)] {
            let place = place[key]
            for member in try json.member(key, at: place).object(at: place) {
                let place = place[member.key]
                let policy = try policy(member.value, id: member.key, at: place)
                guard mayHaveSlots || !policy.isTemplate else {
                    throw place.error("expected a policy without slots")
                }
                if mayHaveSlots { templates[Array(member.key.utf8)] = policy }
                policies.append(policy)
            }
        }
        let links = place["templateLinks"]
        let items = try json.member("templateLinks", at: place).array(at: links)
        for (number, link) in items.enumerated() {
            policies.append(try self.link(link, to: templates, at: links[number]))
        }
        guard policies.count <= Limits.policies else {
            throw place.error("expected at most \(Limits.policies) policies")
        }
        return try PolicySet(policies)
    }

    private func link(
        _ json: JSON,
        to templates: [[UInt8]: Policy],
        at place: JSONPlace
    ) throws(PolicyError) -> Policy {
        try json.expectMembers(["templateId", "newId", "values"], at: place)
        let id = try json.member("templateId", at: place).string(at: place["templateId"])
        guard let template = templates[Array(id.utf8)] else {
            throw place["templateId"].error("there is no template `\(id)`")
        }
        let values = try json.member("values", at: place)
        try values.expectMembers(["?principal", "?resource"], at: place["values"])
        func entity(_ slot: String) throws(PolicyError) -> EntityUID? {
            try values[slot].map { (value) throws(PolicyError) in
                try EntityReader(schema: nil).uid(value, at: place["values"][slot])
            }
        }
        let newID = try json.member("newId", at: place).string(at: place["newId"])
        do throws(PolicyError) {
            return try template.link(
                as: newID,
                principal: try entity("?principal"),
                resource: try entity("?resource")
            )
        } catch {
            throw error.location == nil ? place.error(error.message) : error
        }
    }

    func policy(_ json: JSON, id: String, at place: JSONPlace) throws(PolicyError) -> Policy {
        let form = try form(json, at: place)
        let source = try SourceText(name: "\(name), policy `\(id)`", text: form.description)
        var parser = try PolicyParser(source)
        guard let policy = try parser.policies(firstNumber: 0).first else {
            throw place.error("expected a policy")
        }
        return policy.renamed(id)
    }

    /// The policy as the JSON has it, without a text of its own.
    private func form(_ json: JSON, at place: JSONPlace) throws(PolicyError) -> Policy {
        try json.expectMembers(
            ["effect", "principal", "action", "resource", "conditions", "annotations"],
            at: place
        )
        let word = try json.member("effect", at: place).string(at: place["effect"])
        guard let effect = Effect(rawValue: word) else {
            throw place["effect"].error("expected `permit` or `forbid`, found `\(word)`")
        }
        var conditions: [Policy.Condition] = []
        let list = try json.member("conditions", at: place).array(at: place["conditions"])
        for (number, condition) in list.enumerated() {
            conditions.append(try self.condition(condition, at: place["conditions"][number]))
        }
        let annotations = try annotations(json["annotations"], at: place["annotations"])
        return Policy(
            id: annotations.first { $0.name == "id" }?.value ?? "",
            effect: effect,
            annotations: annotations,
            template: nil,
            principal: try scope("principal", json, at: place),
            action: try actionScope(try json.member("action", at: place), at: place["action"]),
            resource: try scope("resource", json, at: place),
            conditions: conditions,
            source: try SourceText(name: name, text: ""),
            offset: 0
        )
    }

    private func annotations(
        _ json: JSON?,
        at place: JSONPlace
    ) throws(PolicyError) -> [Policy.Annotation] {
        var annotations: [Policy.Annotation] = []
        for member in try json?.object(at: place) ?? [] {
            guard Lexer.isIdentifier(member.key) else {
                throw place[member.key].error("expected a name, found `\(member.key)`")
            }
            let value =
                member.value == .null ? "" : try member.value.string(at: place[member.key])
            annotations.append(Policy.Annotation(name: member.key, value: value))
        }
        return annotations
    }

    private func condition(
        _ json: JSON,
        at place: JSONPlace
    ) throws(PolicyError) -> Policy.Condition {
        try json.expectMembers(["kind", "body"], at: place)
        let kind = try json.member("kind", at: place).string(at: place["kind"])
        guard kind == "when" || kind == "unless" else {
            throw place["kind"].error("expected `when` or `unless`, found `\(kind)`")
        }
        var reader = ExpressionJSONReader()
        let body = try json.member("body", at: place)
        return Policy.Condition(
            isWhen: kind == "when",
            body: try reader.expression(body, at: place["body"])
        )
    }

    // MARK: Heads

    private func scope(
        _ variable: String,
        _ policy: JSON,
        at place: JSONPlace
    ) throws(PolicyError) -> Policy.Scope {
        let json = try policy.member(variable, at: place)
        let place = place[variable]
        let slot = "?\(variable)"
        switch try json.member("op", at: place).string(at: place["op"]) {
        case "All", "all": return .any
        case "==": return .equal(try reference(json, slot, at: place))
        case "in": return .isIn(try reference(json, slot, at: place))
        case "is":
            let type = try json.entityType(at: place)
            guard let inner = json["in"] else { return .isType(type) }
            return .isTypeIn(type, try reference(inner, slot, at: place["in"]))
        case let other:
            throw place["op"].error("expected `All`, `==`, `in` or `is`, found `\(other)`")
        }
    }

    private func reference(
        _ json: JSON,
        _ slot: String,
        at place: JSONPlace
    ) throws(PolicyError) -> Policy.Reference {
        if let name = json["slot"] {
            guard try name.string(at: place["slot"]) == slot else {
                throw place["slot"].error("expected `\(slot)`")
            }
            return .slot
        }
        let entity = try json.member("entity", at: place)
        return .entity(try EntityReader(schema: nil).uid(entity, at: place["entity"]))
    }

    private func actionScope(
        _ json: JSON,
        at place: JSONPlace
    ) throws(PolicyError) -> Policy.ActionScope {
        let reader = EntityReader(schema: nil)
        func entity() throws(PolicyError) -> EntityUID {
            try reader.uid(try json.member("entity", at: place), at: place["entity"])
        }
        switch try json.member("op", at: place).string(at: place["op"]) {
        case "All", "all": return .any
        case "==": return .equal(try entity())
        case "in":
            guard let list = json["entities"] else { return .isIn(try entity()) }
            var entities: [EntityUID] = []
            for (number, item) in try list.array(at: place["entities"]).enumerated() {
                entities.append(try reader.uid(item, at: place["entities"][number]))
            }
            return .isInAny(entities)
        case let other:
            throw place["op"].error("expected `All`, `==` or `in`, found `\(other)`")
        }
    }
}

extension JSON {
    /// The member `entity_type`, which is a name with its namespaces.
    func entityType(at place: JSONPlace) throws(PolicyError) -> String {
        let type = try member("entity_type", at: place).string(at: place["entity_type"])
        guard TokenReader.isPath(type) else {
            throw place["entity_type"].error(
                "expected the name of an entity type, found `\(type)`"
            )
        }
        return type
    }
}

extension PolicySet {
    /// Reads a policy set from Cedar's JSON form: `staticPolicies`, `templates` and `templateLinks`.
    ///
    /// A policy's id is its `@id`, as in a text; without one, its name in the JSON. An error names the
    /// text, line and column and what was expected there; a key or an id given twice is one.
    public init(parsingJSON bytes: [UInt8], name: String) throws(PolicyError) {
        let (json, place) = try JSON.document(
            bytes,
            name: name,
            limit: Limits.textBytes,
            depth: Limits.jsonDepth
        )
        self = try PolicyJSONReader(name: name).policySet(json, at: place)
    }
}
