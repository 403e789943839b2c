import Glibc
import HTTPServer
import Service
import Testing

/// What serving does to its own process.
@Suite struct RunningServiceTests {
    @Test func `serving raises the limit of descriptors as far as it may`() async {
        await #expect(processExitsWith: .success) {
            let school = try FoundedSchool()
            var settings = school.settings
            settings.listen = [try #require(ListenAddress("127.0.0.1:0"))]
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
            var limit = rlimit()
            getrlimit(resource, &limit)
            (limit.rlim_cur, limit.rlim_max) = (200, min(limit.rlim_max, 900))
            setrlimit(resource, &limit)
            let service = try RunningService(
                paths: school.paths,
                settings: settings,
                logsRequests: false,
                clock: school.clock
            )
            getrlimit(resource, &limit)
            #expect(limit.rlim_cur == limit.rlim_max)
            service.stop()
        }
    }
}
