/// The limits of what can be put into a record; characters are Unicode code points.
public enum Limits {
    /// The longest narrative or action text (domain.md): ten pages, more belongs into a file.
    public static let narrative = 20_000
    /// The most categories of one incident: with more of them none of them says anything.
    public static let categories = 3
    /// The most linked pupils: a class and a half.
    public static let linkedPupils = 50
    /// The most people alerted, named or named as subjects: past this a group is meant.
    public static let people = 50
    /// The most agencies of one incident; the list a school starts with has 14.
    public static let agencies = 20
    /// The most marks on a body map.
    public static let bodyMarks = 100
    /// The longest kind of a mark: a word or two, as in "bite mark".
    public static let markKind = 50
    /// The longest note of a mark.
    public static let markNote = 500
    /// The longest `reportedBy` or `location`: a line or two.
    public static let line = 500
    /// The longest reason for a child who is not on the list.
    public static let unlistedWhy = 1_000
    /// The longest name of a person.
    public static let name = 200
    /// The longest name of a year group or form, as in "5" or "Reception Blue".
    public static let group = 20
    /// The most siblings recorded for one pupil, or pupils related to one member of staff.
    public static let relatives = 20
    /// The longest query of a name search.
    public static let query = 100
    /// The most rows read at once: a page of 200, and one that tells whether another follows.
    public static let page = 201

    /// How far ahead of the server's clock a time may lie: clocks of phones differ.
    static let clockSkew = Duration.seconds(120)
    /// How far ahead a next step may be due, ten years: longer than a pupil is at most schools, so
    /// that a later time is a slip of the pen.
    static let dueAhead = Duration.seconds(3_653 * 86_400)
    /// The first year that a time or a date of birth may lie in.
    static let firstYear = 1_900
}
