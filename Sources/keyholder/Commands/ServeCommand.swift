import Glibc
import Service

/// Serves a school until it is told to stop.
enum ServeCommand {
    static let command = Command(
        name: "serve",
        summary: "serves a school until SIGTERM; SIGHUP reads the policies anew",
        usage: """
            serve [--listen ADDR:PORT] [--data DIR] [--keys DIR] [--policies DIR] \
            [--config FILE] [--print-config]
            """,
        run: run
    )

    private static func run(_ arguments: Arguments) throws {
        try arguments.allow(["print-config"] + Arguments.school)
        let settings = try arguments.settings()
        if arguments.options["print-config"] != nil {
            for row in settings.rows {
                CommandLineProgram.print("\(row.key) = \(row.value)  (\(row.source))")
            }
            return
        }
        if settings.tls == nil {
            guard settings.listen.allSatisfy(\.isLoopback) else {
                throw ServiceError.setting("without TLS files only loopback addresses are served")
            }
            CommandLineProgram.complain("no TLS files: listening on loopback alone")
        }
        if settings.metricsListen != nil {
            CommandLineProgram.complain("`metrics.listen` is set, and there are no metrics yet")
        }
        // Blocked before any thread starts, so that every thread leaves them to this one.
        let signals = Signals()
        let service = try RunningService(paths: arguments.paths, settings: settings)
        for address in service.addresses { CommandLineProgram.print("listening on \(address)") }
        serve(service, until: signals)
    }

    /// Waits for signals: SIGHUP reads the policies anew, SIGTERM and SIGINT end the service.
    static func serve(_ service: RunningService, until signals: Signals) {
        while let sender = signals.sender(of: SIGHUP) {
            do {
                try service.reload(uid: sender)
                CommandLineProgram.complain("policies read anew")
            } catch {
                CommandLineProgram.complain("the old policies stay: \(error)")
            }
        }
        service.stop()
    }
}

/// The signals that the program waits for by itself.
struct Signals {
    private var set = sigset_t()

    init() {
        sigemptyset(&set)
        for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        // A client that is gone must not end the process, nor a file that is as long as it may be.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Waits for the next of them: the user who sent it, or `nil` when it is another than `wanted`.
    func sender(of wanted: Int32) -> UInt32? {
        var set = set
        var info = siginfo_t()
        var signal: Int32
        // Only EINTR is left to go wrong, when the process was stopped and goes on (sigwaitinfo(2)).
        repeat { signal = sigwaitinfo(&set, &info) } while signal < 0
        guard signal == wanted else { return nil }
        // The kernel itself sends one when a terminal goes.
        return info.si_code == SI_USER ? info._sifields._kill.si_uid : getuid()
    }
}
