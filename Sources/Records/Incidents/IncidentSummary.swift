public import Crypto
public import PolicyEngine
public import SQLite

/// An incident in a list: no word of its text.
public struct IncidentSummary: Sendable {
    /// The place in the order of recording, for the next page.
    public let sequence: Int64
    /// The number that people say.
    public let number: IncidentNumber
    /// Who logged it.
    public let author: Identifier
    /// Whom it is about.
    public let pupil: Identifier?
    /// One to three, in the order given.
    public let categories: [Identifier]
    /// When it happened.
    public let occurredAt: Timestamp
    /// When it was recorded.
    public let recordedAt: Timestamp
    /// Whether only its author, those named and the safeguarding lead see it.
    public let isRestricted: Bool
    /// Whether somebody must look at once.
    public let isUrgent: Bool
}

/// What a reader asks of a list; the policies say what of it they get.
public struct IncidentFilter: Hashable, Sendable {
    /// About this pupil, or linking it.
    public var pupil: Identifier?
    /// Of this category among others.
    public var category: Identifier?
    /// Logged by this person.
    public var author: Identifier?
    /// Happened at this time or later.
    public var from: Timestamp?
    /// Happened before this time.
    public var to: Timestamp?

    /// Everything.
    public init() {}

    /// Conditions on `incident i`; their parameters are ?1 to ?5 in the order of the properties.
    var sql: String {
        var conditions: [String] = []
        if pupil != nil {
            conditions.append("i.id IN (SELECT incident FROM incident_pupil WHERE pupil = ?1)")
        }
        if category != nil {
            conditions.append(
                "i.id IN (SELECT incident FROM incident_category WHERE category = ?2)"
            )
        }
        if author != nil { conditions.append("i.author = ?3") }
        if from != nil { conditions.append("i.occurred_at >= ?4") }
        if to != nil { conditions.append("i.occurred_at < ?5") }
        return conditions.map { " AND " + $0 }.joined()
    }

    var values: [SQLValue] {
        [.id(pupil), .id(category), .id(author), .time(from), .time(to)]
    }
}

extension RecordStore {
    /// The incidents that the permit lets through, newest recorded first.
    ///
    /// - `permit`: for `viewIncident`, with a filter compiled by `rowMapping` whose first
    ///   parameter is `firstFilterParameter`.
    /// - `before`: the sequence of the last one of the page before.
    /// - `limit`: 1 to 200.
    /// - Throws: `RecordsError.wrongPermit`, `SQLiteError`.
    public func incidents(
        permit: borrowing Permit,
        filter: IncidentFilter,
        before: Int64? = nil,
        limit: Int,
        on connection: Connection
    ) throws -> [IncidentSummary] {
        try require(permit, "viewIncident")
        guard let rows = permit.filter else {
            throw RecordsError.wrongPermit(action: "viewIncident")
        }
        var summaries: [IncidentSummary] = []
        let page = [SQLValue.int(before ?? .max), .int(Int64(min(limit, Limits.page)))]
        try connection.each(
            composed: RecordStore.incidentList(rows, filter),
            filter.values + page + rows.parameters.map(SQLValue.init)
        ) { row in
            summaries.append(try summary(row, on: connection))
            return true
        }
        return summaries
    }

    /// The statement of a list, for a look at its plan too.
    package static func incidentList(_ rows: RowFilter, _ filter: IncidentFilter) -> String {
        """
        SELECT i.id, i.author, i.pupil, i.occurred_at, i.recorded_at, i.restricted, i.urgent
        FROM incident i WHERE (\(rows.sql)) AND i.id < ?6\(filter.sql)
        ORDER BY i.id DESC LIMIT ?7
        """
    }

    private func summary(_ row: Row, on connection: Connection) throws -> IncidentSummary {
        let sequence = row.int(0)
        return IncidentSummary(
            sequence: sequence,
            number: number(ofSequence: sequence),
            author: row.id(1),
            pupil: row.optionalID(2),
            categories: try connection.all(
                "SELECT category FROM incident_category WHERE incident = ?1 ORDER BY position",
                .int(sequence),
                read: { $0.id(0) }
            ),
            occurredAt: row.time(3),
            recordedAt: row.time(4),
            isRestricted: row.bool(5),
            isUrgent: row.bool(6)
        )
    }
}

extension SQLValue {
    init(_ parameter: SQLParameter) {
        self =
            switch parameter {
            case .int(let value): .int(value)
            case .text(let value): .text(value)
            }
    }
}
