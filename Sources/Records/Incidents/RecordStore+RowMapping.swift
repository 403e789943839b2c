import Crypto
public import PolicyEngine
public import SQLite

extension RecordStore {
    /// How the incidents lie in SQL, for a row filter over `incident i`.
    ///
    /// Every attribute says of a row what `IncidentFacts.entity` says of the incident. The sets are
    /// written as `i.id IN (SELECT …)`, so that SQLite starts from the person's own few rows.
    ///
    /// - `now`: the moment of the question; it is a constant of the filter.
    public func rowMapping(now: Timestamp, rules: InvolvementRules) -> RowMapping {
        RecordStore.rowMapping(now: now, rules: rules) { RecordStore.encode($0, numbers: numbers) }
    }

    /// The same columns without a store, to check policies against before there is one.
    public static var rowsToCheck: RowMapping {
        rowMapping(now: Timestamp(milliseconds: 0), rules: InvolvementRules()) { _ in .int(0) }
    }

    private static func rowMapping(
        now: Timestamp,
        rules: InvolvementRules,
        encode: @escaping @Sendable (EntityUID) -> SQLParameter?
    ) -> RowMapping {
        let (acknowledgedAfter, raisedAfter) = (now - rules.grace, now - rules.unread)
        return RowMapping(
            encode: encode,
            id: "i.id",
            attributes: [
                "author": .entity(type: "Staff", column: "i.author", isOptional: false),
                "involved": .entitySet(type: "Staff") { staff in
                    RecordStore.isInvolved(
                        staff,
                        acknowledgedAfter: acknowledgedAfter,
                        raisedAfter: raisedAfter
                    )
                },
                "named": .entitySet(type: "Staff") { staff in
                    "i.id IN (SELECT incident FROM incident_named WHERE staff = \(staff))"
                },
                "excluded": .entitySet(type: "Staff", contains: RecordStore.isExcluded),
                "restricted": .bool("i.restricted", isOptional: false),
                "mistakeReported": .bool("0", isOptional: false),
                "presentRoles": .entitySet(type: "Role", contains: RecordStore.isPresent),
            ],
            ancestors: [
                "Category": { category in
                    "i.id IN (SELECT incident FROM incident_category WHERE category = \(category))"
                },
                "Pupil": { pupil in
                    "i.id IN (SELECT incident FROM incident_pupil WHERE pupil = \(pupil))"
                },
            ]
        )
    }

    private static func encode(
        _ entity: EntityUID,
        numbers: NumberPermutation
    ) -> SQLParameter? {
        switch entity.type {
        case "Staff", "Pupil", "Category": return Identifier(entity.id).map { .int($0.rawValue) }
        case "Role": return .text(entity.id)
        case "Incident":
            do throws(CryptoError) {
                let number = try IncidentNumber(parsing: entity.id)
                // Written with a hyphen it is another id than the one that an entity bears.
                guard number.digits == entity.id else { return nil }
                return .int(Int64(numbers.sequence(of: number)))
            } catch {
                return nil
            }
        default: return nil
        }
    }

    // The times are numbers of our own making, not text from outside.
    private static func isInvolved(
        _ staff: String,
        acknowledgedAfter: Timestamp,
        raisedAfter: Timestamp
    ) -> String {
        """
        i.id IN (
            SELECT id FROM incident WHERE author = \(staff)
            UNION ALL SELECT incident FROM alert
            WHERE staff = \(staff) AND via = 'name' AND withdrawn_at IS NULL
                AND CASE WHEN acknowledged_at IS NULL
                    THEN raised_at > \(raisedAfter.milliseconds)
                    ELSE acknowledged_at > \(acknowledgedAfter.milliseconds) END
            UNION ALL SELECT a.incident FROM incident_action a
            WHERE a.assignee = \(staff) AND NOT EXISTS (
                SELECT 1 FROM incident_action c
                WHERE c.incident = a.incident AND c.completes = a.id
            )
        )
        """
    }

    @Sendable private static func isExcluded(_ staff: String) -> String {
        """
        i.id IN (
            SELECT incident FROM incident_subject WHERE staff = \(staff)
            UNION ALL SELECT p.incident FROM staff_relation r
            JOIN incident_pupil p ON p.pupil = r.pupil WHERE r.staff = \(staff)
        )
        """
    }

    /// Somebody active holds the role who is neither a subject nor family.
    @Sendable private static func isPresent(_ role: String) -> String {
        """
        EXISTS (
            SELECT 1 FROM active_role_holder h WHERE h.role = \(role)
            AND NOT EXISTS (
                SELECT 1 FROM incident_subject s WHERE s.incident = i.id AND s.staff = h.staff
            )
            AND NOT EXISTS (
                SELECT 1 FROM incident_pupil p JOIN staff_relation r ON r.pupil = p.pupil
                WHERE p.incident = i.id AND r.staff = h.staff
            )
        )
        """
    }
}
