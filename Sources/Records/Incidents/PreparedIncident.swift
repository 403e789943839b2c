public import Crypto
public import PolicyEngine
public import SQLite

/// An incident that may be logged, sealed and ready but for its place in the order of recording:
/// what is left to the writer is writing.
///
/// Only `RecordStore.prepare` makes one, for the permit to log it.
public struct PreparedIncident: Sendable {
    let new: NewIncident
    let author: Identifier
    let recordedAt: Timestamp
    let alerts: [AlertFacts]
    let key: Secret
    let sealedContent: [UInt8]
}

/// What its author may read of an incident about to be logged.
public struct PreparedView: Sendable {
    fileprivate let incident: PreparedIncident
}

extension RecordStore {
    /// Makes ready what is to be logged.
    ///
    /// - `groupAlerts`: whom the policies always alert; who is named as well is alerted by name.
    /// - `permit`: for `logIncident`, given to the author.
    /// - `now`: when it counts as recorded.
    /// - Throws: `RecordsError.wrongPermit`, `excludedRecipient`; `CryptoError`.
    public func prepare(
        _ new: NewIncident,
        author: Identifier,
        groupAlerts: [Identifier],
        permit: borrowing Permit,
        now: Timestamp
    ) throws -> PreparedIncident {
        try require(permit, "logIncident", by: .staff(author))
        let (key, secret) = try ContentKey.make()
        return PreparedIncident(
            new: new,
            author: author,
            recordedAt: now,
            alerts: try alerts(
                of: nil,
                by: author,
                byName: new.alert,
                asGroup: groupAlerts,
                excluded: new.excluded,
                at: now
            ),
            key: secret,
            sealedContent: key.seal(IncidentContent(new))
        )
    }

    /// Logs an incident; its number is the next.
    ///
    /// - Throws: `RecordsError.numbersUsedUp`; `SQLiteError` (a constraint where a pupil or an entry
    ///   of a list has gone since the check).
    public func log(
        _ incident: PreparedIncident,
        on connection: Connection
    ) throws -> IncidentNumber {
        let new = incident.new
        try connection.run(
            """
            INSERT OR FAIL INTO incident (
                author, pupil, occurred_at, recorded_at, restricted, urgent, content
            ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """,
            .id(incident.author),
            .id(new.pupil),
            .time(new.occurredAt),
            .time(incident.recordedAt),
            .bool(new.isRestricted),
            .bool(new.isUrgent),
            .blob(incident.sealedContent)
        )
        let sequence = connection.lastInsertedID
        guard sequence < Int64(IncidentNumber.range.upperBound) else {
            throw RecordsError.numbersUsedUp
        }
        try storeKey(incident.key, of: sequence, on: connection)
        try addLinks(new, to: sequence, on: connection)
        try raise(incident.alerts, of: sequence, on: connection)
        return number(ofSequence: sequence)
    }

    /// What is about to be logged, as its author may read it when it is; nothing of it is read back.
    ///
    /// - `permit`: for `viewIncident` on what is about to be logged (`IncidentFacts.prospective`),
    ///   given to the author.
    /// - Throws: `RecordsError.wrongPermit`.
    public func view(
        of incident: PreparedIncident,
        permit: borrowing Permit
    ) throws(RecordsError) -> PreparedView {
        try require(
            permit,
            "viewIncident",
            by: .staff(incident.author),
            on: IncidentFacts.prospectiveUID
        )
        return PreparedView(incident: incident)
    }

    /// What was viewed before it was logged, under the number it was logged as.
    public func incident(_ view: PreparedView, as number: IncidentNumber) -> Incident {
        let prepared = view.incident
        let new = prepared.new
        // In the order of the table.
        let alerts = prepared.alerts.sorted { $0.staff.rawValue < $1.staff.rawValue }
        return Incident(
            facts: IncidentFacts(
                new,
                uid: .incident(number),
                sequence: sequence(of: number),
                number: number,
                author: prepared.author,
                recordedAt: prepared.recordedAt,
                alerts: alerts
            ),
            narrative: new.narrative,
            unlistedPupil: new.unlistedPupil,
            bodyMap: new.bodyMap,
            reportedBy: new.reportedBy,
            location: new.location,
            alerts: alerts,
            actions: []
        )
    }

    private func addLinks(
        _ new: NewIncident,
        to sequence: Int64,
        on connection: Connection
    ) throws {
        var pupils = new.linkedPupils.enumerated().map { (position: $0 + 1, pupil: $1) }
        if let pupil = new.pupil { pupils.append((position: 0, pupil: pupil)) }
        for (position, pupil) in pupils {
            try connection.run(
                """
                INSERT OR FAIL INTO incident_pupil (incident, position, pupil)
                VALUES (?1, ?2, ?3)
                """,
                .int(sequence),
                .int(Int64(position)),
                .id(pupil)
            )
        }
        for (position, category) in new.categories.enumerated() {
            try connection.run(
                """
                INSERT OR FAIL INTO incident_category (incident, position, category)
                VALUES (?1, ?2, ?3)
                """,
                .int(sequence),
                .int(Int64(position)),
                .id(category)
            )
        }
        for (position, agency) in new.agencies.enumerated() {
            try connection.run(
                """
                INSERT OR FAIL INTO incident_agency (incident, position, agency)
                VALUES (?1, ?2, ?3)
                """,
                .int(sequence),
                .int(Int64(position)),
                .id(agency)
            )
        }
        for staff in new.subjects {
            try connection.run(
                "INSERT OR FAIL INTO incident_subject (incident, staff) VALUES (?1, ?2)",
                .int(sequence),
                .id(staff)
            )
        }
        for staff in new.named {
            try connection.run(
                "INSERT OR FAIL INTO incident_named (incident, staff) VALUES (?1, ?2)",
                .int(sequence),
                .id(staff)
            )
        }
    }
}
