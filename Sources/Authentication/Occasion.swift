public import SQLite

/// When something is done, under which rules, and on which connection.
public struct Occasion {
    /// Those in force.
    public let rules: AuthenticationRules
    /// The present, as the act has it from its beginning to its end.
    public let now: Timestamp
    /// The writing connection for all that changes something.
    public let db: Connection

    /// An occasion, at the school as it is.
    public init(rules: AuthenticationRules, now: Timestamp, db: Connection) {
        self.rules = rules
        self.now = now
        self.db = db
    }
}
