public import Crypto
public import PolicyEngine
public import SQLite

/// An alert in the list of the person alerted.
public struct AlertSummary: Sendable {
    /// The incident.
    public let incident: IncidentNumber
    /// The action that raised it; `nil` for the incident itself.
    public let action: Identifier?
    /// Who alerted them.
    public let raisedBy: Identifier
    /// The first category of the incident.
    public let category: Identifier?
    /// When.
    public let at: Timestamp
    /// By name or as a group.
    public let via: AlertVia
    /// Whether somebody must look at once.
    public let isUrgent: Bool
    /// Whether the incident is restricted: then its category is not said in a mail.
    public let isRestricted: Bool
    /// When they first saw what it is about.
    public let openedAt: Timestamp?
    /// When they marked it as read.
    public let acknowledgedAt: Timestamp?
    /// Whom the incident is about.
    public let pupil: Identifier?
    /// Its place in the list.
    public let position: AlertPosition
}

/// A place in a person's list of alerts, for the next page.
public struct AlertPosition: Hashable, Sendable {
    /// When the alert was raised, in milliseconds.
    public let raisedAt: Int64
    /// The incident's place in the order of recording.
    public let incident: Int64
    /// The action's row id, 0 for the incident itself.
    public let action: Int64

    /// A place, as it was taken from a summary.
    public init(raisedAt: Int64, incident: Int64, action: Int64) {
        self.raisedAt = raisedAt
        self.incident = incident
        self.action = action
    }

    /// Before every alert: the first page.
    static let newest = AlertPosition(raisedAt: .max, incident: .max, action: .max)
}

/// The incidents that may be mentioned to somebody.
public struct MentionableIncidents: Sendable {
    /// The first parameter of the filter: those before it are the list's own.
    public static let firstParameter = 6

    let filter: RowFilter
    let areFew: Bool

    /// Incidents by a filter that `rowMapping` compiled with `firstParameter` as its first one.
    ///
    /// `areFew` where a person sees what concerns them and no more: then a list starts from these, for
    /// most of the alerts of somebody who was a leader are of others.
    public init(filter: RowFilter, areFew: Bool) {
        self.filter = filter
        self.areFew = areFew
    }
}

extension RecordStore {
    /// The alerts of one person, newest first, but none that was withdrawn, and none of an
    /// incident that must not be mentioned to them, or of an action that nothing may tell them of.
    ///
    /// - `permit`: for `listAlerts`, given to that person.
    /// - `incidents`: those that may be mentioned.
    /// - `before`: the last place of the page before.
    /// - `limit`: 1 to 200.
    public func alerts(
        of staff: Identifier,
        unreadOnly: Bool,
        permit: borrowing Permit,
        incidents: MentionableIncidents,
        before: AlertPosition? = nil,
        limit: Int,
        on connection: Connection
    ) throws -> [AlertSummary] {
        try require(permit, "listAlerts", by: .staff(staff))
        let before = before ?? .newest
        let values: [SQLValue] = [
            .id(staff), .int(before.raisedAt), .int(before.incident), .int(before.action),
            .int(Int64(min(limit, Limits.page))),
        ]
        var alerts: [AlertSummary] = []
        try connection.each(
            composed: RecordStore.alertList(incidents, unreadOnly: unreadOnly),
            values + incidents.filter.parameters.map(SQLValue.init)
        ) { row in
            alerts.append(summary(row))
            return true
        }
        return alerts
    }

    // `acknowledged_at IS NULL` has to stand there literally for the partial index to be used.
    private static func alertList(
        _ incidents: MentionableIncidents,
        unreadOnly: Bool
    ) -> String {
        // Whoever cannot elevate reads of the leaders' actions what they wrote or were named for
        // (domain.md, "Audience"); of others they may have been alerted when they were a leader.
        let readable =
            incidents.areFew
            ? """
            AND (a.via = 'name' OR a.action = 0 OR EXISTS (SELECT 1 FROM incident_action n
                WHERE n.incident = a.incident AND n.id = a.action
                    AND (n.audience = 'involved' OR ?1 IN (n.author, n.assignee))))
            """ : ""
        // The tables are joined as they are written; behind `+` no index of times is used, but the key.
        let (tables, raisedAt) =
            incidents.areFew
            ? ("incident i CROSS JOIN alert a ON a.incident = i.id", "+a.raised_at")
            : ("alert a CROSS JOIN incident i ON i.id = a.incident", "a.raised_at")
        return """
            SELECT a.incident, a.action, a.raised_by,
                (SELECT c.category FROM incident_category c
                    WHERE c.incident = a.incident AND c.position = 0),
                a.raised_at, a.via = 'name', i.urgent, i.restricted, a.opened_at, a.acknowledged_at,
                i.pupil
            FROM \(tables)
            WHERE a.staff = ?1 AND a.withdrawn_at IS NULL
                \(unreadOnly ? "AND a.acknowledged_at IS NULL" : "")
                AND (\(raisedAt), a.incident, a.action) < (?2, ?3, ?4)
                AND (\(incidents.filter.sql)) \(readable)
            ORDER BY a.raised_at DESC, a.incident DESC, a.action DESC LIMIT ?5
            """
    }

    private func summary(_ row: Row) -> AlertSummary {
        let action = row.id(1)
        return AlertSummary(
            incident: number(ofSequence: row.int(0)),
            action: action.rawValue == 0 ? nil : action,
            raisedBy: row.id(2),
            category: row.optionalID(3),
            at: row.time(4),
            via: row.bool(5) ? .name : .group,
            isUrgent: row.bool(6),
            isRestricted: row.bool(7),
            openedAt: row.optionalTime(8),
            acknowledgedAt: row.optionalTime(9),
            pupil: row.optionalID(10),
            position: AlertPosition(
                raisedAt: row.int(4),
                incident: row.int(0),
                action: action.rawValue
            )
        )
    }
}
