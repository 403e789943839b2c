public import SQLite

/// An entry of one of the school's lists; it is retired, never deleted.
public struct ListEntry: Identifiable, Hashable, Sendable {
    /// The row id.
    public let id: Identifier
    /// What is shown.
    public let name: String
    /// Whether it is no longer offered; records that bear it keep it.
    public let isRetired: Bool
}

extension RecordStore {
    /// The categories in the school's order, the retired ones too.
    public func categories(on connection: Connection) throws -> [ListEntry] {
        try connection.all(
            "SELECT id, name, retired_at FROM category ORDER BY position, id",
            read: RecordStore.entry
        )
    }

    /// The agencies in the school's order, the retired ones too.
    public func agencies(on connection: Connection) throws -> [ListEntry] {
        try connection.all(
            "SELECT id, name, retired_at FROM agency ORDER BY position, id",
            read: RecordStore.entry
        )
    }

    /// Gives a new school the lists that schools start with.
    ///
    /// - Throws: `SQLiteError` where an entry is there already.
    public func seedLists(on connection: Connection) throws {
        for (position, name) in RecordStore.firstCategories.enumerated() {
            try connection.run(
                "INSERT INTO category (id, name, position) VALUES (?1, ?2, ?3)",
                .id(Identifier.random()),
                .text(name),
                .int(Int64(position))
            )
        }
        for (position, name) in RecordStore.firstAgencies.enumerated() {
            try connection.run(
                "INSERT INTO agency (id, name, position) VALUES (?1, ?2, ?3)",
                .id(Identifier.random()),
                .text(name),
                .int(Int64(position))
            )
        }
    }

    private static func entry(_ row: Row) -> ListEntry {
        ListEntry(id: row.id(0), name: row.text(1), isRetired: !row.isNull(2))
    }

    func isCategoryInUse(_ id: Identifier, on connection: Connection) throws -> Bool {
        try connection.first(
            "SELECT 1 FROM category WHERE id = ?1 AND retired_at IS NULL",
            .id(id),
            read: { _ in true }
        ) ?? false
    }

    func isAgencyInUse(_ id: Identifier, on connection: Connection) throws -> Bool {
        try connection.first(
            "SELECT 1 FROM agency WHERE id = ?1 AND retired_at IS NULL",
            .id(id),
            read: { _ in true }
        ) ?? false
    }

    private static let firstCategories = [
        "Cause for concern", "Child protection", "Disclosure", "Child-on-child abuse", "Neglect",
        "Physical abuse", "Emotional abuse", "Sexual abuse", "Sexual exploitation",
        "Criminal exploitation", "Domestic abuse", "Online safety", "Radicalisation",
        "FGM or forced marriage", "Mental health", "Self-harm", "Bullying", "Behaviour",
        "Attendance", "SEND", "Bereavement", "Substance misuse", "Home issues", "Parent contact",
        "Agency contact", "Physical intervention", "Medical",
    ]

    private static let firstAgencies = [
        "Children's social care", "Police", "MASH", "LADO", "Early Help", "CAMHS",
        "Health visitor or school nurse", "GP", "Educational psychologist", "Channel",
        "Youth justice", "Domestic abuse service", "Virtual school", "NSPCC",
    ]
}
