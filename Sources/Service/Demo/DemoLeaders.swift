package import Authentication
import Crypto
package import SQLite

/// Leaders who are signed in and have never elevated: as many as a benchmark needs.
package enum DemoLeaders {
    /// A leader with an authenticator and sessions on several devices.
    package struct Leader: Sendable {
        /// What makes the codes.
        package let totp: TOTP
        /// A token for each session.
        package let tokens: [String]
    }

    /// Leaders in one transaction.
    private static let batch = 1_000
    private static let password = "Quartz-Heron7-Lamp!"

    /// Adds leaders to a school that nobody serves.
    ///
    /// Their passwords are hashed at next to no cost: at the real one a thousand of them would take
    /// five minutes of a core.
    package static func add(
        _ count: Int,
        sessions: Int,
        to paths: SchoolPaths,
        now: Timestamp = .systemNow()
    ) throws -> [Leader] {
        let folder = try DataFolder(path: paths.data)
        defer { folder.release() }
        let connection = try folder.openForWriting(now: now)
        let keyRing = try KeyRing(folder: paths.keys)
        let identity = try IdentityStore(
            keyRing: keyRing,
            sealing: try SealingKeys(
                unwrapping: try DataFolder.deed(on: connection).keys,
                keyRing: keyRing
            ),
            cheapHashes: true
        )
        let rules = AuthenticationRules()
        let occasion = Occasion(rules: rules, now: now, db: connection)
        // Long ago, so that the present codes are fresh.
        let before = Occasion(rules: rules, now: now - .seconds(600), db: connection)
        return try stride(from: 0, to: count, by: batch).flatMap { first in
            try connection.savepoint {
                try (first..<min(first + batch, count)).map { number in
                    let new = try NewAccount(
                        email: "leader\(number)@whitetrees.example",
                        name: "Leader \(number)",
                        roles: ["slt", "staff"]
                    )
                    let member = try identity.accounts.create(new, now: now, on: connection)
                    let person = DemoEnrolment(
                        identity: identity,
                        member: member,
                        password: password
                    )
                    try person.activate(at: occasion)
                    let secret = try person.enrol(at: before)
                    let tokens = try (0..<sessions).map { _ in
                        try person.signIn(at: occasion).token.text
                    }
                    let totp = TOTP(seed: Secret(try Base32.decode(secret)))
                    return Leader(totp: totp, tokens: tokens)
                }
            }
        }
    }
}
