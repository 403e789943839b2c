/// The TLS context in force, which a renewed certificate replaces.
///
/// Sendable because everything variable is behind the lock.
final class TLSCertificate: @unchecked Sendable {
    private let files: TLSConfiguration
    private let lock = Lock()
    private var context: TLSContext

    init(_ files: TLSConfiguration) throws(HTTPServerError) {
        self.files = files
        context = try TLSContext(files)
    }

    var current: TLSContext {
        lock.withLock { context }
    }

    func reload() throws(HTTPServerError) {
        let renewed = try TLSContext(files)
        lock.withLock { context = renewed }
    }
}
