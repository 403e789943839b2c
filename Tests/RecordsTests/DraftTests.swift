import PolicyEngine
import Records
import SQLite
import Testing

/// Every violation is named, by the field's name in the JSON.
@Suite struct DraftTests {
    /// What is changed in a draft that is right, and the fields that are then at fault.
    struct Case: CustomTestStringConvertible, Sendable {
        let fields: [String]
        let change: @Sendable (inout IncidentDraft) -> Void
        var testDescription: String { fields.joined(separator: ", ") }
    }

    private static let stranger = Identifier.random().description

    @Test(arguments: [
        Case(fields: ["narrative"]) { $0.narrative = nil },
        Case(fields: ["narrative"]) { $0.narrative = " \n" },
        Case(fields: ["narrative"]) { $0.narrative = String(repeating: "x", count: 20_001) },
        Case(fields: []) { $0.narrative = String(repeating: "\u{1F600}", count: 20_000) },
        Case(fields: ["categories"]) { $0.categories = [] },
        Case(fields: ["categories"]) { $0.categories += ["a", "b", "c"] },
        Case(fields: ["categories[1]"]) { $0.categories += $0.categories },
        Case(fields: ["categories[1]"]) { $0.categories += [stranger] },
        Case(fields: ["pupil"]) { $0.pupil = nil },
        Case(fields: ["pupil"]) { $0.pupil = stranger },
        Case(fields: ["pupil"]) { $0.pupil = "Noel" },
        Case(fields: ["unlistedPupil"]) { $0.unlistedPupil = UnlistedPupil(name: "A", why: "B") },
        Case(fields: []) {
            $0.pupil = nil
            $0.unlistedPupil = UnlistedPupil(name: "A", why: "B")
        },
        Case(fields: ["linkedPupils[0]"]) { $0.linkedPupils = [$0.pupil ?? ""] },
        Case(fields: ["linkedPupils[0]"]) { $0.linkedPupils = [stranger] },
        Case(fields: ["linkedPupils"]) {
            $0.linkedPupils = (0..<51).map { _ in Identifier.random().description }
        },
        Case(fields: ["occurredAt"]) { $0.occurredAt = nil },
        Case(fields: ["occurredAt"]) { $0.occurredAt = $0.occurredAt.map { $0 + .seconds(121) } },
        Case(fields: []) { $0.occurredAt = $0.occurredAt.map { $0 + .seconds(120) } },
        Case(fields: ["occurredAt"]) {
            $0.occurredAt = Timestamp(rfc3339: "1899-12-31T23:59:59Z")
        },
        Case(fields: ["alert[0]"]) { $0.alert = [stranger] },
        Case(fields: ["agencies[0]"]) { $0.agencies = [stranger] },
        Case(fields: ["named[0]"]) {
            $0.restricted = true
            $0.named = [stranger]
        },
        Case(fields: ["subjectStaff[0]"]) { $0.subjectStaff = [stranger] },
        Case(fields: ["bodyMap[0].x", "bodyMap[0].y", "bodyMap[0].kind"]) {
            $0.bodyMap = [BodyMark(view: .front, x: -0.1, y: .nan, kind: "", note: nil)]
        },
        Case(fields: ["reportedBy", "location"]) {
            $0.reportedBy = ""
            $0.location = String(repeating: "x", count: 501)
        },
        Case(fields: ["pupil", "narrative", "categories"]) {
            ($0.pupil, $0.narrative) = (nil, nil)
            $0.categories = []
        },
    ])
    func `a violation names its field, and all are named`(violation: Case) throws {
        let school = try TestSchool()
        let author = try school.addStaff("staff")
        var draft = try school.draft(about: try school.addPupil("Noel Baker"))
        violation.change(&draft)
        #expect(fields { _ = try school.check(draft, by: author) } == violation.fields)
    }

    @Test func `nobody alerts themselves`() throws {
        let school = try TestSchool()
        let author = try school.addStaff("staff")
        var draft = try school.draft(about: try school.addPupil("Noel Baker"))
        draft.alert = [author.description]
        #expect(fields { _ = try school.check(draft, by: author) } == ["alert[0]"])
    }

    @Test func `naming a subject restricts, and then only those named are alerted`() throws {
        let school = try TestSchool()
        let (author, subject) = (try school.addStaff("staff"), try school.addStaff("staff"))
        let colleague = try school.addStaff("staff")
        var draft = try school.draft(about: nil)
        draft.subjectStaff = [subject.description]
        draft.alert = [colleague.description]
        #expect(fields { _ = try school.check(draft, by: author) } == ["alert[0]"])
        draft.named = [colleague.description]
        let new = try school.check(draft, by: author)
        #expect(new.isRestricted && new.excluded == [subject])
        draft.named.append(subject.description)
        #expect(fields { _ = try school.check(draft, by: author) } == ["named[1]"])
    }

    private func fields(_ body: () throws -> Void) -> [String] {
        do {
            try body()
            return []
        } catch RecordsError.invalid(let errors) {
            return errors.map(\.field)
        } catch {
            return ["\(error)"]
        }
    }
}
