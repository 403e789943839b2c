public import SQLite

/// An incident about to be logged: every field within its limits, every id known.
///
/// Only `RecordStore.check` makes one.
public struct NewIncident: Sendable {
    /// Whom it is about.
    public let pupil: Identifier?
    /// Whom it is about, where the child is not on the list.
    public let unlistedPupil: UnlistedPupil?
    /// Siblings, friends, others involved.
    public let linkedPupils: [Identifier]
    /// When it happened.
    public let occurredAt: Timestamp
    /// What is the concern.
    public let narrative: String
    /// One to three, none twice.
    public let categories: [Identifier]
    /// Staff to be alerted by name.
    public let alert: [Identifier]
    /// Agencies of the school's list.
    public let agencies: [Identifier]
    /// Marks on a figure.
    public let bodyMap: [BodyMark]
    /// Whether somebody must look at once.
    public let isUrgent: Bool
    /// Who told the author.
    public let reportedBy: String?
    /// Where it happened.
    public let location: String?
    /// As asked, and always where a member of staff is its subject.
    public let isRestricted: Bool
    /// Staff who see it although it is restricted.
    public let named: [Identifier]
    /// Staff whom it is about.
    public let subjects: [Identifier]
    /// Staff who are kept out of it: its subjects and the relatives of its pupils.
    public let excluded: [Identifier]
}

extension RecordStore {
    /// Checks a draft to its end.
    ///
    /// - `author`: who logs it.
    /// - `standing`: what is known of a staff id.
    /// - Throws: `RecordsError.invalid` with every violation; `SQLiteError`.
    public func check(
        _ draft: IncidentDraft,
        author: Identifier,
        standing: (Identifier) -> StaffStanding,
        on connection: Connection,
        now: Timestamp
    ) throws -> NewIncident {
        var findings = Findings()
        let pupils = try checkPupils(draft, on: connection, &findings)
        let subjects = findings.ids(
            "subjectStaff",
            draft.subjectStaff,
            limit: Limits.people,
            unknown: unknownStaff,
            complaint: { standing($0) == .unknown ? unknownStaff : nil }
        )
        if draft.pupil == nil && draft.unlistedPupil == nil && draft.subjectStaff.isEmpty {
            findings.add("pupil", "is required")
        }
        let occurredAt = findings.occurredAt(draft.occurredAt, now: now)
        let narrative = findings.text("narrative", draft.narrative, limit: Limits.narrative)
        let (categories, agencies) = try checkLists(draft, on: connection, &findings)
        checkBodyMap(draft.bodyMap, &findings)
        let related = try relatives(of: pupils.all, on: connection)
        let excluded = subjects + related.filter { !subjects.contains($0) }
        let isRestricted = draft.restricted || !subjects.isEmpty
        // Whoever is kept out is told like someone unknown: the answer must not tell who is family.
        func reachable(_ staff: Identifier) -> Bool {
            standing(staff) == .active && !excluded.contains(staff)
        }
        let named = findings.ids(
            "named",
            draft.named,
            limit: Limits.people,
            unknown: unknownStaff,
            complaint: { reachable($0) ? nil : unknownStaff }
        )
        if !isRestricted && !draft.named.isEmpty {
            findings.add("named", "only a restricted incident names who may see it")
        }
        let alert = findings.ids(
            "alert",
            draft.alert,
            limit: Limits.people,
            unknown: unknownStaff,
            complaint: { staff in
                if staff == author { return "nobody alerts themselves" }
                if !reachable(staff) { return unknownStaff }
                return isRestricted && !named.contains(staff) ? notNamed : nil
            }
        )
        let reportedBy = findings.optionalText(
            "reportedBy",
            draft.reportedBy,
            limit: Limits.line
        )
        let location = findings.optionalText("location", draft.location, limit: Limits.line)
        try findings.finish()
        return NewIncident(
            pupil: pupils.main,
            unlistedPupil: draft.unlistedPupil,
            linkedPupils: pupils.linked,
            occurredAt: occurredAt,
            narrative: narrative,
            categories: categories,
            alert: alert,
            agencies: agencies,
            bodyMap: draft.bodyMap,
            isUrgent: draft.urgent,
            reportedBy: reportedBy,
            location: location,
            isRestricted: isRestricted,
            named: named,
            subjects: subjects,
            excluded: excluded
        )
    }

    /// The staff who are family of one of these pupils, none twice.
    func relatives(of pupils: [Identifier], on connection: Connection) throws -> [Identifier] {
        var relatives: [Identifier] = []
        for pupil in pupils {
            let found = try connection.all(
                "SELECT staff FROM staff_relation WHERE pupil = ?1",
                .id(pupil),
                read: { $0.id(0) }
            )
            relatives += found.filter { !relatives.contains($0) }
        }
        return relatives
    }

    private struct CheckedPupils {
        var main: Identifier?
        var linked: [Identifier] = []
        var all: [Identifier] { (main.map { [$0] } ?? []) + linked }
    }

    private func checkPupils(
        _ draft: IncidentDraft,
        on connection: Connection,
        _ findings: inout Findings
    ) throws -> CheckedPupils {
        var pupils = CheckedPupils()
        if let text = draft.pupil {
            if let id = Identifier(text), try isPupil(id, on: connection) {
                pupils.main = id
            } else {
                findings.add("pupil", "unknown pupil")
            }
        }
        if let unlisted = draft.unlistedPupil {
            if draft.pupil != nil {
                findings.add("unlistedPupil", "is not given together with `pupil`")
            }
            _ = findings.text("unlistedPupil.name", unlisted.name, limit: Limits.name)
            _ = findings.text("unlistedPupil.why", unlisted.why, limit: Limits.unlistedWhy)
        }
        let main = pupils.main
        pupils.linked = try findings.ids(
            "linkedPupils",
            draft.linkedPupils,
            limit: Limits.linkedPupils,
            unknown: "unknown pupil",
            complaint: { id in
                if id == main { return "is the pupil the incident is about" }
                return try isPupil(id, on: connection) ? nil : "unknown pupil"
            }
        )
        return pupils
    }

    private func checkLists(
        _ draft: IncidentDraft,
        on connection: Connection,
        _ findings: inout Findings
    ) throws -> (categories: [Identifier], agencies: [Identifier]) {
        if draft.categories.isEmpty { findings.add("categories", "at least one is required") }
        let categories = try findings.ids(
            "categories",
            draft.categories,
            limit: Limits.categories,
            unknown: "unknown category",
            complaint: { try isCategoryInUse($0, on: connection) ? nil : "unknown category" }
        )
        let agencies = try findings.ids(
            "agencies",
            draft.agencies,
            limit: Limits.agencies,
            unknown: "unknown agency",
            complaint: { try isAgencyInUse($0, on: connection) ? nil : "unknown agency" }
        )
        return (categories, agencies)
    }

    private func checkBodyMap(_ marks: [BodyMark], _ findings: inout Findings) {
        if marks.count > Limits.bodyMarks {
            findings.add(
                "bodyMap",
                "has \(marks.count) entries; the limit is \(Limits.bodyMarks)"
            )
            return
        }
        for (index, mark) in marks.enumerated() {
            let place = "bodyMap[\(index)]"
            if !(0...1).contains(mark.x) { findings.add("\(place).x", "must be from 0 to 1") }
            if !(0...1).contains(mark.y) { findings.add("\(place).y", "must be from 0 to 1") }
            _ = findings.text("\(place).kind", mark.kind, limit: Limits.markKind)
            _ = findings.optionalText("\(place).note", mark.note, limit: Limits.markNote)
        }
    }
}

let unknownStaff = "unknown member of staff"
let notNamed = "is not named on this restricted incident"
