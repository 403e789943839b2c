import AuditTrail
import Authentication
import Crypto
import HTTPServer
import PolicyEngine
import Records
import SQLite

/// What waits for the caller.
enum AlertRoutes {
    static let all = [
        Route(.get, "/v1/alerts", .read(list)),
        Route(.get, "/v1/categories", .read(categories)),
        Route(.get, "/v1/agencies", .read(agencies)),
    ]

    private static func list(_ exchange: inout Exchange) throws -> Reply {
        let person = try exchange.authenticate().account
        let permit = try exchange.permit("listAlerts", on: School.entity)
        let query = try exchange.call.query(allowed: ["state", "limit", "cursor"])
        let page = try exchange.page(query)
        let isUnreadOnly = try query.choice("state", of: ["unread", "all"]) == "unread"
        let position = try page.position.map { values in
            guard values.count == 3 else { throw Problem.unknownCursor }
            return AlertPosition(raisedAt: values[0], incident: values[1], action: values[2])
        }
        let found = try exchange.school.records.alerts(
            of: person,
            unreadOnly: isUnreadOnly,
            permit: permit,
            incidents: try exchange.mentionableIncidents(),
            before: position,
            limit: page.limit + 1,
            on: exchange.db
        )
        let shown = found.prefix(page.limit)
        let (names, showPupil) = (exchange.names, exchange.rules.alerts.showPupil)
        var disclosed: [String] = []
        for alert in shown {
            var things = [EntityUID.incident(alert.incident)]
            if let pupil = alert.pupil, alert.pupilShown(showPupil, names) != nil {
                things.append(.pupil(pupil))
            }
            for thing in things.map(\.description) where !disclosed.contains(thing) {
                disclosed.append(thing)
            }
        }
        exchange.disclose(disclosed)
        let next =
            found.count > page.limit
            ? shown.last.map {
                page.cursor([$0.position.raisedAt, $0.position.incident, $0.position.action])
            } : nil
        return Reply.json(capacity: 4_096) { json in
            json.page(shown, next: next) { json, alert in
                json.alert(alert, showPupil: showPupil, names)
            }
        }
    }

    private static func categories(_ exchange: inout Exchange) throws -> Reply {
        try entries(exchange.names.categories, &exchange)
    }

    private static func agencies(_ exchange: inout Exchange) throws -> Reply {
        try entries(exchange.names.agencies, &exchange)
    }

    /// A list in the school's order.
    ///
    /// All lists are for choosing from while logging: one action lets a person read them.
    private static func entries(
        _ entries: [ListEntry],
        _ exchange: inout Exchange
    ) throws -> Reply {
        _ = try exchange.permit("listCategories", on: School.entity)
        let page = try exchange.page(try exchange.call.query(allowed: ["limit", "cursor"]))
        let last = page.position?.first.flatMap { id in
            entries.firstIndex { $0.id.rawValue == id }
        }
        let start = last.map { $0 + 1 } ?? 0
        let shown = entries[start...].prefix(page.limit)
        let next =
            shown.endIndex < entries.endIndex
            ? shown.last.map { page.cursor([$0.id.rawValue]) } : nil
        return Reply.json(capacity: 4_096) { json in
            json.page(shown, next: next) { json, entry in
                json.object { json in
                    json.field("id", entry.id)
                    json.field("name", entry.name)
                    json.field("retired", entry.isRetired)
                }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func alert(
        _ alert: AlertSummary,
        showPupil: SchoolRules.Alerts.PupilShown,
        _ names: Directory
    ) {
        object { json in
            json.field("incident", alert.incident.digits)
            json.field("action", alert.action)
            json.key("raisedBy")
            json.reference(alert.raisedBy, names)
            json.key("category")
            json.reference(alert.category, names)
            json.field("at", alert.at)
            json.field("via", alert.via.rawValue)
            json.field("urgent", alert.isUrgent)
            json.field("acknowledgedAt", alert.acknowledgedAt)
            json.field("pupil", alert.pupilShown(showPupil, names))
        }
    }
}

extension AlertSummary {
    /// The pupil as the school wants alerts to show one; of a restricted incident never.
    fileprivate func pupilShown(
        _ show: SchoolRules.Alerts.PupilShown,
        _ names: Directory
    ) -> String? {
        guard !isRestricted, let pupil, let name = names.name(of: pupil) else { return nil }
        return switch show {
        case .none: nil
        case .initials: String(name.split(separator: " ").compactMap(\.first))
        case .name: name
        }
    }
}
