public import SQLite

/// A pupil about to be put on the list: every field within its limits.
public struct NewPupil: Sendable {
    let name: String
    let dateOfBirth: CivilDate
    let yearGroup: String
    let form: String?
    let upn: String?
    let isOnRoll: Bool
    let siblings: [Identifier]

    /// Checks the fields as they came in.
    ///
    /// - `dateOfBirth`: as `2014-05-06`.
    /// - `upn`: 13 characters: a letter, eleven digits, a digit or letter.
    /// - `state`: `on-roll` (also when absent) or `left`.
    /// - `siblings`: the ids of pupils; that they exist is checked when the pupil is created.
    /// - Throws: `RecordsError.invalid` with every violation.
    public init(
        name: String?,
        dateOfBirth: String?,
        yearGroup: String?,
        form: String? = nil,
        upn: String? = nil,
        state: String? = nil,
        siblings: [String] = [],
        now: Timestamp
    ) throws(RecordsError) {
        var findings = Findings()
        self.name = findings.line("name", name, limit: Limits.name)
        if let name, NameFolding.words(of: name).isEmpty, findings.errors.isEmpty {
            findings.add("name", "must have a letter: nobody could find it")
        }
        self.yearGroup = findings.line("yearGroup", yearGroup, limit: Limits.group)
        self.form = form.map { findings.line("form", $0, limit: Limits.group) }
        self.upn = upn
        if let upn, !NewPupil.isUPN(upn) { findings.add("upn", "is not a unique pupil number") }
        isOnRoll = state != "left"
        if let state, state != "left", state != "on-roll" {
            findings.add("state", "must be `on-roll` or `left`")
        }
        self.siblings = findings.ids(
            "siblings",
            siblings,
            limit: Limits.relatives,
            unknown: "unknown pupil",
            complaint: { _ in nil }
        )
        let birth = NewPupil.birth(dateOfBirth, now: now, &findings)
        try findings.finish()
        guard let birth else { preconditionFailure("a date that is missing is a finding") }
        self.dateOfBirth = birth
    }

    private static func birth(
        _ text: String?,
        now: Timestamp,
        _ findings: inout Findings
    ) -> CivilDate? {
        guard let text else {
            findings.add("dateOfBirth", "is required")
            return nil
        }
        guard let date = CivilDate(text) else {
            findings.add("dateOfBirth", "is not a date like `2014-05-06`")
            return nil
        }
        // East of Greenwich the new day has begun: a day more is no mistake worth refusing.
        if let latest = CivilDate(utcDayOf: now + .seconds(86_400)), date > latest {
            findings.add("dateOfBirth", "must not be in the future")
        } else if date.year < Limits.firstYear {
            findings.add("dateOfBirth", "must not be before \(Limits.firstYear)")
        }
        return date
    }

    // Department for Education, "Unique pupil numbers": a letter, eleven digits and a digit, or a
    // letter for a temporary one. The check letter is not verified: schools hold mistyped ones.
    private static func isUPN(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        let isLetter = { (byte: UInt8) in (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
        return bytes.count == 13 && isLetter(bytes[0]) && bytes[1..<12].allSatisfy(isDigit)
            && (isDigit(bytes[12]) || isLetter(bytes[12]))
    }
}
