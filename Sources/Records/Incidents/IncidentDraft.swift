public import SQLite

/// An incident as it came in: nothing of it is checked.
///
/// People, pupils, categories and agencies are the texts of their ids: one that is no id at all is
/// told like one that nobody has.
public struct IncidentDraft: Sendable {
    /// Whom it is about.
    public var pupil: String?
    /// Whom it is about, where the child is not on the list.
    public var unlistedPupil: UnlistedPupil?
    /// Siblings, friends, others involved.
    public var linkedPupils: [String] = []
    /// When it happened.
    public var occurredAt: Timestamp?
    /// What is the concern.
    public var narrative: String?
    /// One to three of the school's list.
    public var categories: [String] = []
    /// Staff to be alerted by name.
    public var alert: [String] = []
    /// Agencies of the school's list.
    public var agencies: [String] = []
    /// Marks on a figure.
    public var bodyMap: [BodyMark] = []
    /// Whether somebody must look at once.
    public var urgent = false
    /// Who told the author, where that person has no login.
    public var reportedBy: String?
    /// Where it happened.
    public var location: String?
    /// Whether it is seen by its author, those named and the safeguarding lead alone.
    public var restricted = false
    /// Staff who see it although it is restricted.
    public var named: [String] = []
    /// Staff whom it is about; naming one makes it restricted.
    public var subjectStaff: [String] = []

    /// An empty draft.
    public init() {}
}

/// What is known of the bearer of a staff id.
public enum StaffStanding: Sendable {
    /// No account has it.
    case unknown
    /// The account is suspended, left or not yet used: its bearer can be written about.
    case inactive
    /// The account is in use: its bearer can be alerted.
    case active
}
