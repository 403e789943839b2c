public import PolicyEngine
public import SQLite

/// A child on the school's list.
public struct Pupil: Identifiable, Hashable, Sendable {
    /// The row id.
    public let id: Identifier
    /// The full name, given names first.
    public let name: String
    /// The day of birth.
    public let dateOfBirth: CivilDate
    /// The year group, as in "5" or "R".
    public let yearGroup: String
    /// The form, as in "5B".
    public let form: String?
    /// The unique pupil number.
    public let upn: String?
    /// Whether the child attends; otherwise it has left.
    public let isOnRoll: Bool
    /// The pupils recorded as its siblings.
    public let siblings: [Identifier]

    /// What the policies see: a pupil in its year group.
    public var entity: Entity {
        Entity(uid: .pupil(id), parents: [.yearGroup(yearGroup)])
    }

    /// The given name that a teacher would say.
    var firstName: Substring { name.prefix { $0 != " " } }

    // Sealed together: version 1 is name, date of birth, UPN.
    static func sealedProfile(name: String, dateOfBirth: CivilDate, upn: String?) -> [UInt8] {
        var writer = ByteWriter(version: 1, capacity: name.utf8.count + 64)
        writer.text(name)
        writer.text(dateOfBirth.description)
        writer.optionalText(upn)
        return writer.bytes
    }

    struct Profile {
        let name: String
        let dateOfBirth: CivilDate
        let upn: String?

        init?(_ bytes: UnsafeRawBufferPointer) {
            guard var reader = ByteReader(bytes, version: 1), let name = reader.text(),
                let birth = reader.text(), let dateOfBirth = CivilDate(birth),
                let upn = reader.optionalText(), reader.isAtEnd
            else { return nil }
            self.name = name
            self.dateOfBirth = dateOfBirth
            self.upn = upn
        }
    }
}
