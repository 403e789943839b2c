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
            INSERT INTO incident (
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

    /// What has just been logged, as its author may read it; nothing of it is read back.
    ///
    /// - `permit`: for `viewIncident` on what was about to be logged (`IncidentFacts.prospective`),
    ///   given to the author.
    /// - Throws: `RecordsError.wrongPermit`.
    public func incident(
        _ logged: PreparedIncident,
        as number: IncidentNumber,
        permit: borrowing Permit
    ) throws(RecordsError) -> Incident {
        try require(
            permit,
            "viewIncident",
            by: .staff(logged.author),
            on: IncidentFacts.prospectiveUID
        )
        // In the order of the table.
        let alerts = logged.alerts.sorted { $0.staff.rawValue < $1.staff.rawValue }
        let facts = IncidentFacts(
            logged.new,
            uid: .incident(number),
            sequence: sequence(of: number),
            number: number,
            author: logged.author,
            recordedAt: logged.recordedAt,
            alerts: alerts
        )
        let content = IncidentContent(logged.new)
        return Incident(
            facts: facts,
            narrative: content.narrative,
            unlistedPupil: content.unlistedPupil,
            bodyMap: content.bodyMap,
            reportedBy: content.reportedBy,
            location: content.location,
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
                "INSERT INTO incident_pupil (incident, position, pupil) VALUES (?1, ?2, ?3)",
                .int(sequence),
                .int(Int64(position)),
                .id(pupil)
            )
        }
        for (position, category) in new.categories.enumerated() {
            try connection.run(
                "INSERT INTO incident_category (incident, position, category) VALUES (?1, ?2, ?3)",
                .int(sequence),
                .int(Int64(position)),
                .id(category)
            )
        }
        for (position, agency) in new.agencies.enumerated() {
            try connection.run(
                "INSERT INTO incident_agency (incident, position, agency) VALUES (?1, ?2, ?3)",
                .int(sequence),
                .int(Int64(position)),
                .id(agency)
            )
        }
        for staff in new.subjects {
            try connection.run(
                "INSERT INTO incident_subject (incident, staff) VALUES (?1, ?2)",
                .int(sequence),
                .id(staff)
            )
        }
        for staff in new.named {
            try connection.run(
                "INSERT INTO incident_named (incident, staff) VALUES (?1, ?2)",
                .int(sequence),
                .id(staff)
            )
        }
    }
}
