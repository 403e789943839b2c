/// How the resources of one type lie in SQL: what a filter may be made of.
///
/// Every text of SQL in it comes from the program, never from a request. Columns that hold strings
/// have the collation BINARY. What is said of a row has to be what the entity of the same resource
/// says in a single decision.
public struct RowMapping: Sendable {
    /// The SQL value by which a row refers to an entity; nil when no row can refer to it.
    ///
    /// Different entities of one type have different values.
    public let encode: @Sendable (EntityUID) -> SQLParameter?

    /// The expression of the resource's own id, never NULL, as in `i.id`.
    public let id: String

    /// The attributes by name.
    ///
    /// A policy that asks for any other cannot be compiled.
    public let attributes: [String: AttributeMapping]

    /// By entity type, the condition that the resource is in the entity at the placeholder: never
    /// NULL, as in `EXISTS (SELECT 1 FROM … WHERE category = ?12)`.
    public let ancestors: [String: @Sendable (String) -> String]

    /// Describes the rows of a resource type.
    public init(
        encode: @escaping @Sendable (EntityUID) -> SQLParameter?,
        id: String,
        attributes: [String: AttributeMapping],
        ancestors: [String: @Sendable (String) -> String] = [:]
    ) {
        self.encode = encode
        self.id = id
        self.attributes = attributes
        self.ancestors = ancestors
    }

    /// How one attribute lies in SQL; a column's NULL is an absent attribute.
    public enum AttributeMapping: Sendable {
        /// An INTEGER expression, 0 or 1.
        case bool(String, isOptional: Bool = true)
        /// An INTEGER expression.
        case long(String, isOptional: Bool = true)
        /// A TEXT expression.
        case string(String, isOptional: Bool = true)
        /// An expression that refers to an entity of the type, as `encode` writes it.
        case entity(type: String, column: String, isOptional: Bool = true)
        /// A set of entities of the type, never absent: the condition, never NULL, that it contains
        /// the entity at the placeholder, as in `i.id IN (SELECT incident FROM involved WHERE
        /// staff = ?12)`.
        case entitySet(type: String, contains: @Sendable (String) -> String)
    }
}
