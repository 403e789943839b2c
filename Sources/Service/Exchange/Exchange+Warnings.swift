import Authentication
import PolicyEngine
import SQLite

/// What those who manage the school's accounts should hear of without asking.
extension Exchange {
    /// Two who can help each other, and one more, so that a lost phone leaves two.
    private static let enoughAuthenticators = 3

    /// Sentences for the session of somebody who could manage accounts, elevated or not.
    func warnings() throws -> [String] {
        guard try may("listStaff", on: School.entity, elevated: true) else { return [] }
        let active = try school.identity.accounts.activeAuthenticators(on: db)
        guard active < Exchange.enoughAuthenticators else { return [] }
        return [
            "fewer than three authenticators are active (\(active)): one lost phone could lock the"
                + " school out of its records"
        ]
    }
}
