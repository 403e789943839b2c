import Foundation
import Testing

/// What is mailed about signing in.
@Suite(.serialized, .enabled(if: Tool.missing == nil, "no \(Tool.missing ?? "")"))
struct SignInNoticeTests {
    @Test func `a new password, a new device and five failures before a success are mailed`()
        throws
    {
        let (school, person) = try RunningSchool.founded(firstWait: 10)
        let address = RunningSchool.administrator
        try school.mail(to: address, saying: "Your password was set.")
        try person.signIn(address)
        let told = "You have signed in on a device that was not used before."
        try school.mail(to: address, saying: told)
        for _ in 0..<5 {
            let answer = try Person(school).post(
                "/v1/session",
                RunningSchool.signIn(address, "Wrong-Heron7-Lamp!")
            )
            #expect(answer.problem == "invalid-credentials")
        }
        let waiting = try Person(school).post("/v1/session", RunningSchool.signIn(address))
        #expect(waiting.problem == "throttled")
        let seconds = try #require(waiting.headers["retry-after"].flatMap { Int($0) })
        #expect((1...10).contains(seconds))
        let answer: Answer? = try eventually {
            let answer = try Person(school).post("/v1/session", RunningSchool.signIn(address))
            return answer.problem == "throttled" ? nil : answer
        }
        #expect(answer?.status == 201)
        let failures = "You have signed in after 5 wrong passwords in a row."
        try school.mail(to: address, saying: failures)
    }
}
