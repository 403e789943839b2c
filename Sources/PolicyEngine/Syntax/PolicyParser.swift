/// Reads policies and templates (Cedar's documentation, "Grammar specification").
struct PolicyParser {
    var reader: TokenReader
    /// How many expressions lie around the current place.
    var depth = 0
    /// How many expressions the current policy has so far.
    var nodes = 0

    init(_ source: SourceText) throws(PolicyError) {
        reader = try TokenReader(source)
    }

    /// All policies of the text; one without `@id` is named by its number in the set.
    mutating func policies(firstNumber: Int) throws(PolicyError) -> [Policy] {
        var policies: [Policy] = []
        while reader.token.kind != .end {
            let number = firstNumber + policies.count
            guard number < Limits.policies else {
                throw reader.expected("at most \(Limits.policies) policies")
            }
            policies.append(try policy(number: number))
        }
        return policies
    }

    private mutating func policy(number: Int) throws(PolicyError) -> Policy {
        let offset = reader.token.start
        nodes = 0
        let annotations = try annotations()
        let effect: Effect
        if try reader.take(word: "permit") {
            effect = .permit
        } else if try reader.take(word: "forbid") {
            effect = .forbid
        } else {
            throw reader.expected("`permit`, `forbid` or an annotation")
        }
        try reader.expect("(")
        let principal = try scope("principal", slot: "?principal")
        try reader.expect(",")
        let action = try actionScope()
        try reader.expect(",")
        let resource = try scope("resource", slot: "?resource")
        _ = try reader.take(",")
        try reader.expect(")")
        var conditions: [Policy.Condition] = []
        while !(try reader.take(";")) {
            conditions.append(try condition())
        }
        return Policy(
            id: annotations.first { $0.name == "id" }?.value ?? "policy\(number)",
            effect: effect,
            annotations: annotations,
            template: nil,
            principal: principal,
            action: action,
            resource: resource,
            conditions: conditions,
            source: reader.source,
            offset: offset
        )
    }

    private mutating func annotations() throws(PolicyError) -> [Policy.Annotation] {
        var annotations: [Policy.Annotation] = []
        while reader.isAt("@") {
            let start = reader.token.start
            try reader.advance()
            let name = try reader.anyIdentifier("the name of an annotation")
            var value = ""
            if try reader.take("(") {
                value = try reader.string("the annotation's text in double quotes")
                try reader.expect(")")
            }
            guard !annotations.contains(where: { $0.name == name }) else {
                throw reader.source.error("the annotation `@\(name)` is given twice", at: start)
            }
            annotations.append(Policy.Annotation(name: name, value: value))
        }
        return annotations
    }

    private mutating func scope(
        _ variable: StaticString,
        slot: StaticString
    ) throws(PolicyError) -> Policy.Scope {
        guard try reader.take(word: variable) else { throw reader.expected("`\(variable)`") }
        if try reader.take("==") { return .equal(try reference(slot)) }
        if try reader.take(word: "in") { return .isIn(try reference(slot)) }
        guard try reader.take(word: "is") else { return .any }
        let type = try reader.path("an entity type")
        return try reader.take(word: "in")
            ? .isTypeIn(type, try reference(slot)) : .isType(type)
    }

    private mutating func reference(_ slot: StaticString) throws(PolicyError) -> Policy.Reference {
        guard reader.token.kind == .slot else { return .entity(try entity()) }
        guard reader.text == "\(slot)" else { throw reader.expected("an entity or `\(slot)`") }
        try reader.advance()
        return .slot
    }

    private mutating func actionScope() throws(PolicyError) -> Policy.ActionScope {
        guard try reader.take(word: "action") else { throw reader.expected("`action`") }
        if try reader.take("==") { return .equal(try actionEntity()) }
        guard try reader.take(word: "in") else { return .any }
        guard try reader.take("[") else { return .isIn(try actionEntity()) }
        var entities: [EntityUID] = []
        while !(try reader.take("]")) {
            entities.append(try actionEntity())
            if !reader.isAt("]") { try reader.expect(",") }
        }
        return .isInAny(entities)
    }

    private mutating func actionEntity() throws(PolicyError) -> EntityUID {
        let start = reader.token.start
        let entity = try entity()
        guard entity.type == "Action" || entity.type.hasSuffix("::Action") else {
            throw reader.source.error("expected an entity of type `Action`", at: start)
        }
        return entity
    }

    /// `Type::"id"`.
    mutating func entity() throws(PolicyError) -> EntityUID {
        let type = try reader.path("an entity, as in `Type::\"id\"`")
        try reader.expect("::")
        return EntityUID(type: type, id: try reader.string("the entity's id in double quotes"))
    }

    private mutating func condition() throws(PolicyError) -> Policy.Condition {
        let isWhen: Bool
        if try reader.take(word: "when") {
            isWhen = true
        } else if try reader.take(word: "unless") {
            isWhen = false
        } else {
            throw reader.expected("`when`, `unless` or `;`")
        }
        try reader.expect("{")
        let body = try expression()
        try reader.expect("}")
        return Policy.Condition(isWhen: isWhen, body: body)
    }
}
