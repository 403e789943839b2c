public import Crypto
public import PolicyEngine
public import SQLite

/// The names by which the policies know the things of the records.
extension EntityUID {
    /// A member of staff.
    public static func staff(_ id: Identifier) -> EntityUID {
        EntityUID(type: "Staff", id: id.description)
    }

    /// A pupil.
    public static func pupil(_ id: Identifier) -> EntityUID {
        EntityUID(type: "Pupil", id: id.description)
    }

    /// A category of the school's list.
    public static func category(_ id: Identifier) -> EntityUID {
        EntityUID(type: "Category", id: id.description)
    }

    /// An incident, by its eight digits.
    public static func incident(_ number: IncidentNumber) -> EntityUID {
        EntityUID(type: "Incident", id: number.digits)
    }

    /// An action of an incident.
    public static func note(_ action: Identifier) -> EntityUID {
        EntityUID(type: "Note", id: action.description)
    }

    /// What is done: an action of the policies, not one of an incident.
    public static func action(_ name: String) -> EntityUID {
        EntityUID(type: "Action", id: name)
    }

    /// A role.
    public static func role(_ name: String) -> EntityUID { EntityUID(type: "Role", id: name) }

    /// A year group.
    public static func yearGroup(_ name: String) -> EntityUID {
        EntityUID(type: "YearGroup", id: name)
    }
}
