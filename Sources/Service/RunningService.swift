import Crypto
import HTTPServer
import Mail
public import SQLite

/// A school being served, until it is stopped.
public final class RunningService: Sendable {
    /// Where it listens: `http://127.0.0.1:8080`.
    public let addresses: [String]
    private let school: School
    private let server: Server
    private let desk: OperatorDesk

    /// Opens a school and begins to serve it; what the school does by the hour, it does by `clock`.
    ///
    /// - Throws: what is wrong with the folders, the policies, the settings or the sockets.
    public init(
        paths: SchoolPaths,
        settings: MachineSettings,
        logsRequests: Bool = true,
        clock: WallClock = .system
    ) throws {
        DescriptorLimit.raise()
        // Now, while somebody looks, not with the first mail.
        try settings.mail?.check()
        let school = try School(
            folder: try DataFolder(path: paths.data),
            paths: paths,
            settings: settings,
            clock: clock
        )
        self.school = school
        do {
            desk = try OperatorDesk(school: school)
        } catch {
            school.close()
            throw error
        }
        do {
            let application = Application(
                school: school,
                settings: settings,
                logsRequests: logsRequests
            )
            server = try Server(
                configuration: ServerConfiguration(
                    listen: settings.listen.map(\.description),
                    tls: settings.tls,
                    limits: settings.limits,
                    loops: settings.loops
                ),
                handler: application
            )
            try server.start()
        } catch {
            desk.close()
            school.close()
            throw error
        }
        let scheme = settings.tls == nil ? "http" : "https"
        addresses = server.addresses.map { "\(scheme)://\($0)" }
        try school.reportUnsentMails()
        school.start()
    }

    /// Reads the policies and rules anew; on an error the old ones stay in force.
    public func reload(uid: UInt32) throws { try school.reloadPolicy(uid: uid) }

    /// Answers what is in flight, makes it durable and lets go of the folders.
    public func stop() {
        desk.close()
        server.stop()
        school.close()
    }
}
