public import Crypto
public import SQLite

/// Who is kept out of what, across all incidents.
extension RecordStore {
    /// The incidents that a person is kept out of: those about them, and those of their relatives.
    public func exclusions(
        of staff: Identifier,
        on connection: Connection
    ) throws -> [IncidentNumber] {
        let sequences = try connection.all(
            """
            SELECT incident FROM incident_subject WHERE staff = ?1
            UNION SELECT p.incident FROM staff_relation r
                JOIN incident_pupil p ON p.pupil = r.pupil WHERE r.staff = ?1
            """,
            .id(staff),
            read: { $0.int(0) }
        )
        return sequences.map { number(ofSequence: $0) }
    }

    /// Whether there is an incident with this number, for a reader who is not kept out of it.
    public func isIncident(_ number: IncidentNumber, on connection: Connection) throws -> Bool {
        try connection.first(
            "SELECT 1 FROM incident WHERE id = ?1",
            .int(sequence(of: number)),
            read: { _ in true }
        ) ?? false
    }
}
