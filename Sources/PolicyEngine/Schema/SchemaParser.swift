/// Reads a schema in Cedar's syntax (Cedar's documentation, "Schema grammar").
struct SchemaParser {
    private var reader: TokenReader
    private var depth = 0

    init(_ source: SourceText) throws(PolicyError) {
        reader = try TokenReader(source)
    }

    private var place: SchemaPlace { .offset(reader.token.start, reader.source) }

    mutating func namespaces() throws(PolicyError) -> [SchemaNamespace] {
        var unnamed = SchemaNamespace(name: "")
        var named: [SchemaNamespace] = []
        while reader.token.kind != .end {
            try annotations()
            guard reader.isAt(word: "namespace") else {
                try declaration(into: &unnamed)
                continue
            }
            let start = reader.token.start
            try reader.advance()
            var namespace = SchemaNamespace(name: try reader.path("the name of a namespace"))
            try reader.expect("{")
            while !(try reader.take("}")) {
                try annotations()
                try declaration(into: &namespace)
            }
            guard !named.contains(where: { $0.name == namespace.name }) else {
                throw reader.source.error(
                    "the namespace `\(namespace.name)` is given twice",
                    at: start
                )
            }
            named.append(namespace)
        }
        return [unnamed] + named
    }

    /// Notes on declarations are read and left: no decision depends on them.
    private mutating func annotations() throws(PolicyError) {
        var names: Set<String> = []
        while reader.isAt("@") {
            let start = reader.token.start
            try reader.advance()
            let name = try reader.anyIdentifier("the name of an annotation")
            guard names.insert(name).inserted else {
                throw reader.source.error("the annotation `@\(name)` is given twice", at: start)
            }
            if try reader.take("(") {
                _ = try reader.string("the annotation's text in double quotes")
                try reader.expect(")")
            }
        }
    }

    private mutating func declaration(
        into namespace: inout SchemaNamespace
    ) throws(PolicyError) {
        if try reader.take(word: "entity") {
            namespace.entities += try entities()
        } else if try reader.take(word: "action") {
            namespace.actions += try actions()
        } else if try reader.take(word: "type") {
            let place = place
            let name = try reader.identifier("the name of a type")
            try reader.expect("=")
            let type = try type()
            try reader.expect(";")
            namespace.types.append(.init(name: name, type: type, place: place))
        } else {
            throw reader.expected("`entity`, `action`, `type` or `namespace`")
        }
    }

    private mutating func entities() throws(PolicyError) -> [SchemaNamespace.EntityDeclaration] {
        var declarations: [SchemaNamespace.EntityDeclaration] = []
        repeat {
            let place = place
            let name = try reader.identifier("the name of an entity type")
            declarations.append(.init(name: name, place: place))
        } while try reader.take(",")
        var parents: [SchemaName] = []
        var shape: TypeExpression?
        var tags: TypeExpression?
        var choices: [String]?
        if try reader.take(word: "enum") {
            choices = try self.choices()
        } else {
            if try reader.take(word: "in") { parents = try names() }
            if reader.isAt("=") || reader.isAt("{") {
                _ = try reader.take("=")
                guard reader.isAt("{") else { throw reader.expected("`{`") }
                shape = try type()
            }
            if try reader.take(word: "tags") { tags = try type() }
        }
        try reader.expect(";")
        return declarations.map { declaration in
            var declaration = declaration
            declaration.parents = parents
            declaration.shape = shape
            declaration.tags = tags
            declaration.choices = choices
            return declaration
        }
    }

    private mutating func choices() throws(PolicyError) -> [String] {
        try reader.expect("[")
        var choices: [String] = []
        repeat {
            choices.append(try reader.string("an id in double quotes"))
        } while try reader.take(",")
        try reader.expect("]")
        return choices
    }

    /// A name, or names between brackets.
    private mutating func names() throws(PolicyError) -> [SchemaName] {
        guard try reader.take("[") else { return [try name()] }
        var names: [SchemaName] = []
        guard !(try reader.take("]")) else { return names }
        repeat { names.append(try name()) } while try reader.take(",")
        try reader.expect("]")
        return names
    }

    private mutating func name() throws(PolicyError) -> SchemaName {
        let place = place
        // `__cedar::Long` is the one reserved namespace that may be named.
        if reader.isAt(word: "__cedar") {
            try reader.advance()
            try reader.expect("::")
            return SchemaName(
                text: "__cedar::" + (try reader.identifier("the name of a type")),
                place: place
            )
        }
        return SchemaName(text: try reader.path("the name of a type"), place: place)
    }

    private mutating func label() throws(PolicyError) -> String {
        reader.token.kind == .string
            ? try reader.string("a name") : try reader.identifier("a name")
    }

    private mutating func actions() throws(PolicyError) -> [SchemaNamespace.ActionDeclaration] {
        var declarations: [SchemaNamespace.ActionDeclaration] = []
        repeat {
            let place = place
            declarations.append(.init(id: try label(), place: place))
        } while try reader.take(",")
        var rest = SchemaNamespace.ActionDeclaration(id: "", place: place)
        if try reader.take(word: "in") { rest.parents = try groups() }
        if try reader.take(word: "appliesTo") { try appliesTo(&rest) }
        if try reader.take(word: "attributes") {
            try reader.expect("{")
            try reader.expect("}")
        }
        try reader.expect(";")
        return declarations.map { declaration in
            var declaration = declaration
            declaration.parents = rest.parents
            declaration.principals = rest.principals
            declaration.resources = rest.resources
            declaration.context = rest.context
            return declaration
        }
    }

    private mutating func groups() throws(PolicyError) -> [(
        type: SchemaName?, id: String, place: SchemaPlace
    )] {
        var groups: [(type: SchemaName?, id: String, place: SchemaPlace)] = []
        let isList = try reader.take("[")
        repeat {
            let place = place
            if reader.token.kind == .string {
                groups.append((nil, try reader.string("an action"), place))
                continue
            }
            let name = try reader.path("an action")
            if try reader.take("::") {
                let id = try reader.string("the action's id in double quotes")
                groups.append((SchemaName(text: name, place: place), id, place))
            } else {
                groups.append((nil, name, place))
            }
        } while isList ? try reader.take(",") : false
        if isList { try reader.expect("]") }
        return groups
    }

    private mutating func appliesTo(
        _ action: inout SchemaNamespace.ActionDeclaration
    ) throws(PolicyError) {
        try reader.expect("{")
        var seen: Set<String> = []
        while !(try reader.take("}")) {
            let part = reader.text
            guard reader.token.kind == .identifier,
                ["principal", "resource", "context"].contains(part), seen.insert(part).inserted
            else { throw reader.expected("`principal`, `resource` or `context`, once each") }
            try reader.advance()
            try reader.expect(":")
            switch part {
            case "principal": action.principals = try names()
            case "resource": action.resources = try names()
            default: action.context = try type()
            }
            if !reader.isAt("}") { try reader.expect(",") }
        }
        guard !action.principals.isEmpty, !action.resources.isEmpty else {
            throw action.place.error("`appliesTo` needs a principal and a resource")
        }
    }

    private mutating func type() throws(PolicyError) -> TypeExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Limits.typeDepth else { throw reader.expected("a type nested less deep") }
        if reader.isAt("{") { return try record() }
        if reader.isAt(word: "Set") {
            try reader.advance()
            try reader.expect("<")
            let element = try type()
            try reader.expect(">")
            return .set(element)
        }
        return .named(try name(), .typeOrEntity)
    }

    private mutating func record() throws(PolicyError) -> TypeExpression {
        try reader.expect("{")
        var fields: [(name: String, type: TypeExpression, isRequired: Bool)] = []
        var names: Set<[UInt8]> = []
        while !(try reader.take("}")) {
            try annotations()
            let start = reader.token.start
            let name = try label()
            guard names.insert(Array(name.utf8)).inserted else {
                throw reader.source.error("the attribute `\(name)` is given twice", at: start)
            }
            let isOptional = try reader.take("?")
            try reader.expect(":")
            fields.append((name, try type(), !isOptional))
            if !reader.isAt("}") { try reader.expect(",") }
        }
        return .record(fields)
    }
}
