/// A namespace as it is written, in either form; several may have one name.
struct SchemaNamespace {
    let name: String
    var types: [TypeDeclaration] = []
    var entities: [EntityDeclaration] = []
    var actions: [ActionDeclaration] = []

    struct TypeDeclaration {
        let name: String
        let type: TypeExpression
        let place: SchemaPlace
    }

    struct EntityDeclaration {
        let name: String
        var parents: [SchemaName] = []
        var shape: TypeExpression?
        var tags: TypeExpression?
        var choices: [String]?
        let place: SchemaPlace
    }

    struct ActionDeclaration {
        let id: String
        var parents: [(type: SchemaName?, id: String, place: SchemaPlace)] = []
        var principals: [SchemaName] = []
        var resources: [SchemaName] = []
        var context: TypeExpression?
        let place: SchemaPlace
    }
}

/// A type as it is written, its names not yet looked up.
indirect enum TypeExpression {
    case builtin(CedarType)
    /// A name, and what it may stand for.
    case named(SchemaName, Meaning)
    case set(TypeExpression)
    case record([(name: String, type: TypeExpression, isRequired: Bool)])

    enum Meaning {
        case typeOrEntity, type, entity
    }
}

/// A name with its namespaces and where it stands.
struct SchemaName {
    let text: String
    let place: SchemaPlace
}

/// Where a declaration stands, in either form.
enum SchemaPlace {
    case offset(Int, SourceText)
    case json(JSONPlace)

    func error(_ message: String) -> PolicyError {
        switch self {
        case .offset(let offset, let source): source.error(message, at: offset)
        case .json(let place): place.error(message)
        }
    }
}
