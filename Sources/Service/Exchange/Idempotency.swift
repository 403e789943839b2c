import Authentication
import Crypto
import HTTPServer
import PolicyEngine
import SQLite

/// The `Idempotency-Key` of a request that makes a record.
///
/// Requests of one key meet on the writer's thread, one after the other: a racing duplicate finds
/// the record of the first.
struct IdempotencyKey {
    private let person: Identifier
    private let keyHash: [UInt8]
    private let requestHash: [UInt8]

    private static let lifetime = Duration.seconds(24 * 3_600)
    private static let longestKey = 128

    /// The key of a request, or `nil` when it has none.
    init?(_ exchange: Exchange, of person: Identifier) throws(Problem) {
        let request = exchange.call.request
        guard let key = request.header("idempotency-key") else { return nil }
        guard (1...IdempotencyKey.longestKey).contains(key.utf8.count) else {
            throw Problem(.badRequest, "an Idempotency-Key has 1 to 128 characters")
        }
        self.person = person
        keyHash = SHA256.hash(Array(key.utf8))
        requestHash = SHA256.hash(
            Array("\(request.method.name) \(request.path)\n".utf8),
            request.body
        )
    }

    /// What the first request with this key made; `nil` when this is the first.
    ///
    /// - Throws: `idempotency-mismatch` when the first had another path or body.
    func earlierResult(on db: Connection, now: Timestamp) throws -> String? {
        let found = try db.first(
            """
            SELECT request_hash, result FROM idempotency
            WHERE person = ?1 AND key_hash = ?2 AND at > ?3
            """,
            .id(person),
            .blob(keyHash),
            .time(now - IdempotencyKey.lifetime)
        ) { (hash: $0.blob(0), result: $0.text(1)) }
        guard let found else { return nil }
        guard found.hash == requestHash else { throw Problem(.idempotencyMismatch) }
        return found.result
    }

    /// Remembers what the request made, and forgets what is too old to matter.
    func remember(_ result: String, on db: Connection, now: Timestamp) throws {
        try db.run("DELETE FROM idempotency WHERE at <= ?1", .time(now - IdempotencyKey.lifetime))
        try db.run(
            """
            INSERT INTO idempotency (person, key_hash, request_hash, result, at)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """,
            .id(person),
            .blob(keyHash),
            .blob(requestHash),
            .text(result),
            .time(now)
        )
    }
}
