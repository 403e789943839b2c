import AuditTrail
import Authentication
import Crypto
import HTTPServer
import PolicyEngine
import Records
import SQLite

/// Calls for those who run the service.
enum OperationRoutes {
    static let all = [
        Route(.get, "/healthz", isPublic: true, .open(health)),
        Route(.get, "/readyz", isActivity: false, isPublic: true, .read(ready)),
    ]

    /// The process answers.
    private static func health(_ call: Call) -> Reply { ok }

    /// The process answers, the database is read, and the disk takes what is written.
    private static func ready(_ exchange: inout Exchange) throws -> Reply {
        try exchange.db.first("SELECT 1 FROM school") { _ in }
        guard exchange.school.ledger.isDurable else { throw Problem(.storageUnavailable) }
        return ok
    }

    private static let ok = Reply.json { $0.object { $0.field("status", "ok") } }
}
