public import Crypto

/// A field of an input that is at fault, and what is wrong with it.
public struct FieldError: Hashable, Sendable {
    /// The name as in the JSON: `narrative`, `alert[2]`, `bodyMap[0].x`.
    public let field: String
    /// What is wrong, in words for the person who typed it.
    public let message: String

    /// A finding about one field.
    public init(field: String, message: String) {
        self.field = field
        self.message = message
    }
}

/// Why the records refuse something.
public enum RecordsError: Error, Hashable, Sendable {
    /// The input breaks these rules: all of them, never the first alone, and never none.
    case invalid([FieldError])
    /// The permit was given for something else: a mistake of the caller.
    case wrongPermit(action: String)
    /// A group alert was to reach somebody who is kept out of the incident.
    case excludedRecipient
    /// The content key of the incident has been destroyed.
    case contentDestroyed(IncidentNumber)
    /// A sealed value of this table and row does not open.
    case damaged(table: String, row: Int64)
    /// Ten million incidents have been logged: there is no number left.
    case numbersUsedUp
    /// What was checked before the write no longer holds.
    case raced
}

extension RecordsError: CustomStringConvertible {
    /// One line without names, texts or ids of people.
    public var description: String {
        switch self {
        case .invalid(let errors):
            "invalid input in " + errors.map { "`\($0.field)`" }.joined(separator: ", ")
        case .wrongPermit(let action): "the permit does not allow `\(action)` of this"
        case .excludedRecipient: "a group alert would reach an excluded person"
        case .contentDestroyed(let number): "the content of incident \(number) was destroyed"
        case .damaged(let table, let row): "row \(row) of `\(table)` does not open"
        case .numbersUsedUp: "no incident number is left"
        case .raced: "the incident has changed since it was checked"
        }
    }
}
