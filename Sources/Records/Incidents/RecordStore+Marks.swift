public import PolicyEngine
public import SQLite

/// What becomes of an alert: it is opened once, and acknowledged once.
extension RecordStore {
    /// Notes that a person has now seen what these alerts are about.
    ///
    /// - `parts`: what was shown.
    /// - `permit`: for `viewIncident` on it, given to that person.
    public func markOpened(
        _ facts: IncidentFacts,
        by staff: Identifier,
        showing parts: ShownParts,
        permit: borrowing Permit,
        on connection: Connection,
        now: Timestamp
    ) throws {
        try require(permit, "viewIncident", by: .staff(staff), on: facts.uid)
        for alert in facts.alerts where alert.isOpened(by: staff, showing: parts) {
            // Opened meanwhile by another look of the same person, it keeps the first time.
            try connection.run(
                """
                UPDATE OR FAIL alert SET opened_at = ?4
                WHERE incident = ?1 AND staff = ?2 AND action = ?3
                    AND opened_at IS NULL AND withdrawn_at IS NULL
                """,
                .int(facts.sequence),
                .id(staff),
                .int(alert.action?.rawValue ?? 0),
                .time(now)
            )
        }
    }

    /// Marks what a person has been shown of an incident as read; again, it changes nothing.
    ///
    /// - `through`: the id of an action: those recorded after it stay unread.
    /// - `visible`: the actions that the person may read.
    /// - `permit`: for `acknowledgeAlert` on it, given to that person.
    /// - Returns: how many alerts it marked.
    /// - Throws: `RecordsError.invalid` for an action that is not visible; `wrongPermit`;
    ///   `SQLiteError`.
    @discardableResult
    public func acknowledge(
        _ facts: IncidentFacts,
        by staff: Identifier,
        through: String?,
        visible: Set<Identifier>,
        permit: borrowing Permit,
        on connection: Connection,
        now: Timestamp
    ) throws -> Int {
        try require(permit, "acknowledgeAlert", by: .staff(staff), on: facts.uid)
        let shown = facts.actions.filter { visible.contains($0.id) }
        let last = shown.first { $0.id.description == through }
        if through != nil && last == nil {
            throw RecordsError.invalid([
                FieldError(field: "through", message: "unknown action of this incident")
            ])
        }
        let later = Set(
            last.map { last in facts.actions.filter { last.isRecorded(before: $0) } }?
                .map(\.id) ?? []
        )
        var count = 0
        for alert in facts.alerts
        where alert.staff == staff && !(alert.action.map { later.contains($0) } ?? false) {
            count += try connection.run(
                """
                UPDATE OR FAIL alert SET acknowledged_at = ?4
                WHERE incident = ?1 AND staff = ?2 AND action = ?3
                    AND opened_at IS NOT NULL AND acknowledged_at IS NULL
                    AND withdrawn_at IS NULL
                """,
                .int(facts.sequence),
                .id(staff),
                .int(alert.action?.rawValue ?? 0),
                .time(now)
            )
        }
        return count
    }
}
