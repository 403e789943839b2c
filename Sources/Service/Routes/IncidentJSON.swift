import Crypto
import PolicyEngine
import Records
import SQLite

/// Incidents as the API shows them.
extension JSONWriter {
    /// Writes an incident with the actions that the caller may see.
    mutating func incident(_ incident: Incident, may: [String], _ names: Directory) {
        let facts = incident.facts
        object { json in
            json.field("id", facts.number.digits)
            json.key("pupil")
            json.reference(facts.pupil, names)
            json.key("unlistedPupil")
            if let pupil = incident.unlistedPupil {
                json.object { json in
                    json.field("name", pupil.name)
                    json.field("why", pupil.why)
                }
            } else {
                json.null()
            }
            json.references("linkedPupils", facts.linkedPupils, names)
            json.field("occurredAt", facts.occurredAt)
            json.field("recordedAt", facts.recordedAt)
            json.key("author")
            json.reference(facts.author, names)
            json.field("narrative", incident.narrative)
            json.references("categories", facts.categories, names)
            json.references(
                "alert",
                incident.alerts.filter { $0.via == .name }.map(\.staff),
                names
            )
            json.references("agencies", facts.agencies, names)
            json.field("bodyMap", array: { $0.marks(incident.bodyMap) })
            json.field("files", array: { _ in })
            json.field("urgent", facts.isUrgent)
            json.field("reportedBy", incident.reportedBy)
            json.field("location", incident.location)
            json.field("restricted", facts.isRestricted)
            json.references("named", facts.named, names)
            json.references("subjectStaff", facts.subjects, names)
            json.state()
            json.alerts(incident.alerts, names)
            json.field(
                "actions",
                array: { json in for action in incident.actions { json.action(action, names) } }
            )
            json.field("may", array: { json in for action in may { json.string(action) } })
        }
    }

    /// Writes an incident as a list shows it: without narrative.
    mutating func summary(_ summary: IncidentSummary, _ names: Directory) {
        object { json in
            json.field("id", summary.number.digits)
            json.key("pupil")
            json.reference(summary.pupil, names)
            json.field("occurredAt", summary.occurredAt)
            json.field("recordedAt", summary.recordedAt)
            json.key("author")
            json.reference(summary.author, names)
            json.references("categories", summary.categories, names)
            json.field("urgent", summary.isUrgent)
            json.field("restricted", summary.isRestricted)
            json.field("status", "open")
        }
    }

    /// Writes an action.
    mutating func action(_ action: Action, _ names: Directory) {
        let facts = action.facts
        object { json in
            json.field("id", facts.id)
            json.field("text", action.text)
            json.field("occurredAt", facts.occurredAt)
            json.field("recordedAt", facts.recordedAt)
            json.key("author")
            json.reference(facts.author, names)
            json.field("audience", facts.audience.rawValue)
            json.field("retrospective", facts.isRetrospective)
            json.references("alert", action.alerts.filter { $0.via == .name }.map(\.staff), names)
            json.key("assignee")
            json.reference(facts.assignee, names)
            json.field("dueAt", facts.dueAt)
            json.field("completes", action.completes)
            json.field("files", array: { _ in })
            json.alerts(action.alerts, names)
        }
    }

    // What later steps of an incident will set: until there are any, it is open and nobody's.
    private mutating func state() {
        field("status", "open")
        field("owner", nil as String?)
        field("corrections", array: { _ in })
        field("mistakeReportedAt", nil as String?)
        field("removedFrom", array: { _ in })
    }

    private mutating func alerts(_ alerts: [AlertFacts], _ names: Directory) {
        field(
            "alerts",
            array: { json in
                for alert in alerts {
                    json.object { json in
                        json.key("staff")
                        json.reference(alert.staff, names)
                        json.field("via", alert.via.rawValue)
                        json.field("openedAt", alert.openedAt)
                        json.field("acknowledgedAt", alert.acknowledgedAt)
                        json.field("withdrawnAt", alert.withdrawnAt)
                    }
                }
            }
        )
    }

    private mutating func marks(_ marks: [BodyMark]) {
        for mark in marks {
            object { json in
                json.field("view", mark.view.rawValue)
                json.key("x")
                json.double(mark.x)
                json.key("y")
                json.double(mark.y)
                json.field("kind", mark.kind)
                json.field("note", mark.note)
            }
        }
    }
}
