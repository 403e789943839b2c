import Crypto
import SQLite

/// Devices that signed in before, told by a signed cookie.
///
/// The cookie is base 64 of 16 random bytes and their HMAC. It proves nothing about a person: it
/// only moves a device into a count of its own, for accounts that signed in on it.
public struct Devices: Sendable {
    let keys: IdentityKeys

    static let deviceLength = 16

    /// The device of a client's cookie; `nil` without one or with a forged one.
    func device(of client: Client) -> [UInt8]? {
        guard let cookie = client.deviceCookie, cookie.utf8.count <= Limits.codeBytes,
            let bytes = try? Base64.url.decode(cookie),
            bytes.count == Devices.deviceLength + Digest.count
        else { return nil }
        let device = Array(bytes.prefix(Devices.deviceLength))
        return keys.isDeviceMark(Array(bytes.dropFirst(Devices.deviceLength)), of: device)
            ? device : nil
    }

    /// The cookie of a device.
    func cookie(_ device: [UInt8]) -> String {
        Base64.url.encode(device + keys.deviceMark(device))
    }

    func isKnown(
        _ device: [UInt8]?,
        for account: Identifier?,
        on connection: Connection
    ) throws -> Bool {
        try connection.first(
            "SELECT 1 FROM known_device WHERE account = ?1 AND device = ?2",
            .id(account),
            .blob(device),
            read: { _ in true }
        ) ?? false
    }

    /// The devices that an account has signed in on.
    func known(for account: Identifier, on connection: Connection) throws -> [[UInt8]] {
        try connection.all(
            "SELECT device FROM known_device WHERE account = ?1",
            .id(account),
            read: { $0.blob(0) }
        )
    }

    /// Remembers a device that has just signed in.
    ///
    /// - Returns: the cookie, and whether the account has others but not this one.
    func remember(
        _ client: Client,
        for account: Identifier,
        now: Timestamp,
        on connection: Connection
    ) throws -> (cookie: String, isNew: Bool) {
        let device = device(of: client) ?? Random.bytes(Devices.deviceLength)
        let isKnown = try isKnown(device, for: account, on: connection)
        let others =
            try connection.first(
                "SELECT count(*) FROM known_device WHERE account = ?1",
                .id(account),
                read: { Int($0.int(0)) }
            ) ?? 0
        try connection.run(
            """
            INSERT INTO known_device (account, device, last_used_at) VALUES (?1, ?2, ?3)
            ON CONFLICT (account, device) DO UPDATE SET last_used_at = ?3
            """,
            .id(account),
            .blob(device),
            .time(now)
        )
        if !isKnown, others >= Limits.devicesPerAccount {
            try connection.run(
                """
                DELETE FROM known_device WHERE account = ?1 AND device =
                    (SELECT device FROM known_device WHERE account = ?1
                    ORDER BY last_used_at LIMIT 1)
                """,
                .id(account)
            )
        }
        return (cookie(device), !isKnown && others > 0)
    }
}
