import SQLite

/// A school that is served in the test's own process, by a clock that stands still until the test
/// moves it, and its administrator, signed in, with an authenticator.
struct ClockedSchool {
    let school: RunningSchool
    let administrator: Person
    private let time: Locked<Timestamp>

    init() throws {
        time = Locked(Timestamp.systemNow())
        school = try RunningSchool()
        let setUp = try school.found()
        administrator = Person(school)
        try serve()
        try administrator.redeem(setUp.token)
        try administrator.signIn(RunningSchool.administrator)
        try administrator.enrol(setUp.code)
    }

    func pass(_ duration: Duration) { time.withLock { $0 = $0 + duration } }

    func restart() throws {
        school.stop()
        try serve()
    }

    private func serve() throws {
        let time = time
        try school.serve(by: WallClock { time.withLock { $0 } })
    }
}
