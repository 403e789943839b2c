import Crypto
import SQLite

/// The key that seals every word of one incident and of its actions.
///
/// It lies sealed in a row of its own, bound to the incident: so the incident can be made
/// unreadable by destroying 63 bytes, and no text opens under another incident.
struct ContentKey {
    private let cipher: AESGCM

    static func make() throws(CryptoError) -> (key: ContentKey, secret: Secret) {
        let secret = Secret.random(count: AESGCM.keyLength)
        return (ContentKey(cipher: try AESGCM(key: secret)), secret)
    }

    init(secret: Secret) throws(CryptoError) {
        self.init(cipher: try AESGCM(key: secret))
    }

    private init(cipher: AESGCM) { self.cipher = cipher }

    func seal(_ content: IncidentContent) -> [UInt8] {
        cipher.seal(content.bytes, aad: ContentKey.contentPlace)
    }

    func openContent(
        _ sealed: UnsafeRawBufferPointer,
        of sequence: Int64
    ) throws(RecordsError) -> IncidentContent {
        let opened = open(sealed, ContentKey.contentPlace)
        guard let content = opened?.withUnsafeBytes({ IncidentContent($0) }) else {
            throw .damaged(table: "incident", row: sequence)
        }
        return content
    }

    func seal(text: String, of action: Identifier) -> [UInt8] {
        cipher.seal(Array(text.utf8), aad: ContentKey.place(of: action))
    }

    func openText(
        _ sealed: UnsafeRawBufferPointer,
        of action: Identifier
    ) throws(RecordsError) -> String {
        guard let opened = open(sealed, ContentKey.place(of: action)) else {
            throw .damaged(table: "incident_action", row: action.rawValue)
        }
        return String(decoding: opened, as: UTF8.self)
    }

    private func open(_ sealed: UnsafeRawBufferPointer, _ place: [UInt8]) -> [UInt8]? {
        do throws(CryptoError) {
            return try cipher.open(sealed, aad: place)
        } catch {
            return nil
        }
    }

    private static let contentPlace = Array("incident\0content".utf8)

    private static func place(of action: Identifier) -> [UInt8] {
        Array("incident_action\0content\0".utf8)
            + withUnsafeBytes(of: action.rawValue.bigEndian) { Array($0) }
    }
}

extension RecordStore {
    func storeKey(_ secret: Secret, of sequence: Int64, on connection: Connection) throws {
        try connection.run(
            "INSERT INTO incident_key (incident, wrapped) VALUES (?1, ?2)",
            .int(sequence),
            .blob(keySealer.seal(secret, column: "wrapped", row: sequence))
        )
    }

    func contentKey(
        of facts: IncidentFacts,
        on connection: Connection
    ) throws -> ContentKey {
        let wrapped = try connection.first(
            "SELECT wrapped FROM incident_key WHERE incident = ?1",
            .int(facts.sequence),
            read: { $0.blob(0) }
        )
        guard let wrapped else { throw RecordsError.contentDestroyed(facts.number) }
        return try unwrap(wrapped, of: facts.sequence)
    }

    func unwrap(_ wrapped: [UInt8], of sequence: Int64) throws(RecordsError) -> ContentKey {
        do throws(CryptoError) {
            return try ContentKey(
                secret: keySealer.openSecret(wrapped, column: "wrapped", row: sequence)
            )
        } catch {
            throw .damaged(table: "incident_key", row: sequence)
        }
    }
}
