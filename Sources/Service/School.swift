import AuditTrail
import Authentication
import Crypto
import Mail
import PolicyEngine
import Records
import SQLite

/// Where a school lies.
public struct SchoolPaths: Sendable {
    /// The folder of the database.
    public var data: String
    /// The folder of the keys; kept apart from the data.
    public var keys: String
    /// The folder of the policies and rules.
    public var policies: String

    /// The three folders of a school.
    public init(data: String, keys: String, policies: String) {
        self.data = data
        self.keys = keys
        self.policies = policies
    }
}

/// An open school: its stores, its keys, its policies, and the one writer.
final class School: Sendable {
    /// The school as the policies see it.
    static let entity = Entity(uid: EntityUID(type: "School", id: "school"))
    /// The access log as the policies see it.
    static let accessLog = Entity(uid: EntityUID(type: "AccessLog", id: "log"))

    let paths: SchoolPaths
    let settings: MachineSettings
    let clock: WallClock
    let name: String
    let identity: IdentityStore
    let records: RecordStore
    let audit: Audit
    let outbox: Outbox
    let cursors: Cursors
    let readers: ReaderPool
    let ledger: Ledger
    let links: LinkDesk
    let refusals: RefusalTally
    let population = Population()
    private let later = Later()
    private let published: Locked<InForce>
    private let readNames: @Sendable (Connection) throws -> Directory
    private let folder: DataFolder
    private let courier: Courier?
    private let keeper: CheckpointKeeper

    /// Opens the folder of a school that `init` has made.
    ///
    /// - Throws: what is wrong with the folder, the keys or the policies; nothing is changed then.
    init(
        folder: DataFolder,
        paths: SchoolPaths,
        settings: MachineSettings,
        clock: WallClock = .system
    ) throws {
        self.folder = folder
        self.paths = paths
        self.settings = settings
        self.clock = clock
        let keyRing = try KeyRing(folder: paths.keys)
        // Thousands of hashes, beside the proof of the policies: both are long for a start.
        let numbers = Promise<NumberPermutation>()
        startThread { numbers.fulfil(NumberPermutation(key: keyRing.numbers)) }
        // Also where the school is not opened in the end: nothing is left at work.
        defer { _ = numbers.wait() }
        let connection = try folder.openForWriting(now: clock.now())
        let deed = try DataFolder.deed(on: connection)
        try DataFolder.check(keyRing, in: paths.keys, on: connection)
        let policy = try PolicyInForce.load(folder: paths.policies, schoolName: deed.name)
        let sealing = try SealingKeys(unwrapping: deed.keys, keyRing: keyRing)
        name = deed.name
        identity = try IdentityStore(keyRing: keyRing, sealing: sealing)
        let records = try RecordStore(
            pupils: sealing.sealer(for: "pupil"),
            incidentKeys: sealing.sealer(for: "incident_key"),
            numbers: numbers.wait()
        )
        self.records = records
        let kept = CheckpointKeeper.note(in: paths.keys)
        let continuity = try DataFolder.continuity(of: deed, kept, keyRing, on: connection)
        let origin = try folder.markRun(
            identity,
            Commitments(keyRing.commitment),
            policy.identifier,
            deed.origin,
            continuity,
            now: clock.now(),
            on: connection
        )
        audit = try Audit(
            keyRing: keyRing,
            origin: origin,
            continuity: continuity,
            on: connection
        )
        outbox = try DataFolder.outbox(sealing)
        cursors = Cursors(cipher: try keyRing.currentCursorCipher())
        readNames = { [identity] connection in
            Directory(
                staff: try identity.accounts.all(on: connection),
                pupils: try records.pupils(on: connection),
                categories: try records.categories(on: connection),
                agencies: try records.agencies(on: connection),
                people: try RightsEpoch.current(on: connection).people
            )
        }
        published = Locked(InForce(policy: policy, names: try readNames(connection)))
        readers = ReaderPool(path: folder.database)
        keeper = CheckpointKeeper(
            note: kept,
            continuity: continuity,
            audit: audit,
            readers: readers
        )
        ledger = try Ledger(
            connection: connection,
            commitments: audit.commitments,
            published: published,
            names: readNames
        )
        links = LinkDesk(later: later)
        refusals = RefusalTally(ledger: ledger)
        courier = settings.mail.map { [outbox, readers, ledger] transport in
            School.courier(outbox, readers, ledger, transport, clock)
        }
    }

    private static func courier(
        _ outbox: Outbox,
        _ readers: ReaderPool,
        _ ledger: Ledger,
        _ transport: MailTransport,
        _ clock: WallClock
    ) -> Courier {
        let log = RequestLog()
        return Courier(
            connections: Courier.Connections(
                agenda: { now in
                    try readers.read(steps: 1_000_000) { try outbox.agenda(on: $0, now: now) }
                },
                mark: { id, outcome, now in
                    try ledger.perform { connection, _ in
                        try outbox.mark(id, outcome, on: connection, now: now)
                    }
                },
                reopen: { now in
                    try ledger.perform { connection, _ in
                        try outbox.reopen(on: connection, now: now)
                    }
                },
                carrier: { transport.carrier() },
                report: { log.failure($0) }
            ),
            clock: clock
        )
    }

    /// Begins to send what waits, to enter what is counted by the minute, and to keep checkpoints.
    func start() {
        courier?.start()
        enterTallies()
        keepCheckpoints()
    }

    private func keepCheckpoints() {
        later.after(CheckpointKeeper.interval) { [weak self] in
            guard let self else { return }
            keeper.keep()
            keepCheckpoints()
        }
    }

    /// Enters the refusals of the minutes that are over, now and at the end of each minute.
    private func enterTallies() {
        let now = clock.now()
        refusals.enter(endedAt: now)
        let minute = Duration.seconds(60).inMilliseconds
        later.after(.milliseconds(minute - now.milliseconds % minute)) { [weak self] in
            self?.enterTallies()
        }
    }

    /// Wakes the courier: a mail has been committed.
    func mailIsWaiting() { courier?.wake() }

    /// Sends what is due, on the calling thread: for a command that no service follows.
    func deliverMail() {
        guard let courier else { return }
        while courier.round() == .zero {}
    }

    /// What decides now.
    var policy: PolicyInForce { inForce.policy }

    /// What is decided by now, outside of the writer's transaction.
    private var inForce: InForce { published.withLock { $0 } }

    /// Begins to answer a call on a reader's snapshot.
    func exchange(_ call: Call, onSnapshot connection: Connection) throws -> Exchange {
        try exchange(call, on: connection, isSnapshot: true, inForce)
    }

    /// Begins to answer a call in the writer's transaction.
    func exchange(
        _ call: Call,
        on connection: Connection,
        _ state: inout LedgerState
    ) throws -> Exchange {
        let exchange = try exchange(call, on: connection, isSnapshot: false, state.inForce)
        if exchange.isUpToDate { return exchange }
        // Somebody changed people and not the directory: nobody decides by it as it was.
        state.inForce.names = try readNames(connection)
        return try self.exchange(call, on: connection, isSnapshot: false, state.inForce)
    }

    private func exchange(
        _ call: Call,
        on connection: Connection,
        isSnapshot: Bool,
        _ inForce: InForce
    ) throws -> Exchange {
        Exchange(
            call: call,
            school: self,
            policy: inForce.policy,
            names: inForce.names,
            db: connection,
            isSnapshot: isSnapshot,
            now: clock.now(),
            rights: try RightsEpoch.current(on: connection)
        )
    }

    /// What goes on record of a refusal before anybody knows who was refused.
    func refusal(_ problem: Problem, of client: Client, requestID: String) -> EntryDraft {
        EntryDraft(
            at: clock.now(),
            actor: .nobody,
            session: nil,
            elevated: false,
            client: client,
            action: "makeRequest",
            resource: School.entity.uid.description,
            subjects: [],
            decision: .deny,
            policies: [],
            policySet: policy.identifier,
            reason: problem.name.rawValue,
            requestID: requestID
        )
    }

    /// Reads the policies anew, at the word of a user of the machine; on any error the old ones stay.
    ///
    /// They come into force with the commit of the entry that says so.
    func reloadPolicy(uid: UInt32) throws {
        let policy = try PolicyInForce.load(
            folder: paths.policies,
            schoolName: name,
            after: policy
        )
        let now = clock.now()
        try ledger.perform { connection, state in
            state.inForce.policy = policy
            _ = try state.log.append(
                .operating(
                    "changePolicies",
                    on: School.entity.uid,
                    policySet: policy.identifier,
                    uid: uid,
                    at: now
                ),
                on: connection
            )
        }
    }

    /// Finishes what waits and lets go of the folder.
    func close() {
        // These write through the ledger: they go first.
        later.stop()
        links.finish(at: self)
        refusals.finish()
        courier?.stop()
        ledger.stop()
        keeper.keep()
        folder.release()
    }
}
