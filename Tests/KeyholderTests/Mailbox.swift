import Foundation
import Testing

/// What was mailed to somebody, read from the folder that stands for the relay.
extension RunningSchool {
    /// The mails to an address, or those of them that say something, once there are as many as
    /// expected.
    func mails(
        to address: String,
        saying text: String? = nil,
        atLeast count: Int = 1
    ) throws -> [String] {
        var found: [String] = []
        let isThere: Bool? = try eventually {
            found = try FileManager.default.contentsOfDirectory(atPath: folder + "/mail")
                .filter { $0.hasSuffix(".eml") }
                .map { try String(contentsOfFile: "\(folder)/mail/\($0)", encoding: .utf8) }
                .filter { $0.contains("To: \(address)") || $0.contains("To: <\(address)>") }
                .filter { mail in text.map { mail.contains($0) } ?? true }
            return found.count < count ? nil : true
        }
        #expect(isThere == true, "\(found.count) mails to \(address)")
        return found
    }

    /// The first mail to an address that says something, once it is there.
    @discardableResult
    func mail(to address: String, saying text: String) throws -> String {
        let mail = try mails(to: address, saying: text).first
        return try #require(mail, "no mail to \(address) says `\(text)`")
    }
}

/// Two people who do something at the same moment.
func atOnce<R>(
    _ first: @escaping () throws -> R,
    _ second: @escaping () throws -> R
) throws -> [R] {
    let pair = Pair(first, second)
    DispatchQueue.concurrentPerform(iterations: 2) { pair.run($0) }
    return try pair.results()
}

/// Each closure and its result are touched by one thread alone until both have ended.
private final class Pair<R>: @unchecked Sendable {
    private let work: [() throws -> R]
    private let lock = NSLock()
    private var answers: [Int: Result<R, any Error>] = [:]

    init(_ first: @escaping () throws -> R, _ second: @escaping () throws -> R) {
        work = [first, second]
    }

    func run(_ index: Int) {
        let result = Result { try work[index]() }
        lock.withLock { answers[index] = result }
    }

    func results() throws -> [R] {
        try (0..<work.count).map { try #require(answers[$0]).get() }
    }
}
