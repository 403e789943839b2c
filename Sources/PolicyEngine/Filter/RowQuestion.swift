/// Which resources of a type somebody may act on, asked of rows that are not read yet.
public struct RowQuestion: Sendable {
    /// The request, about a resource of which only the type is known.
    let request: Request
    let entities: Entities
    let mapping: RowMapping
    let firstParameter: Int

    /// Asks about the rows that `mapping` gives columns to; `entities` hold the principal, the actions
    /// and whatever else is no row, and the answer's first parameter is `?firstParameter`.
    public init(
        principal: EntityUID,
        action: EntityUID,
        resourceType: String,
        context: Record,
        entities: Entities,
        mapping: RowMapping,
        firstParameter: Int = 1
    ) {
        request = Request(
            principal: principal,
            action: action,
            resource: EntityUID(type: resourceType, id: ""),
            context: context
        )
        self.entities = entities
        self.mapping = mapping
        self.firstParameter = firstParameter
    }
}
