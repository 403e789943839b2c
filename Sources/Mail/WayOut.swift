import SQLite

/// Whether mails can leave at all, as the last attempts have shown.
///
/// While the way is closed one mail is tried at a time, after waits that grow; the others wait
/// without being counted as tried.
struct WayOut: Sendable {
    private var closedUntil: Timestamp?
    /// Tries in a row that found it closed.
    private var closures = 0
    /// Mails in a row that failed on the way.
    private var interruptions = 0

    /// How long not to try; `nil` while the way is open or worth a try.
    func pause(at now: Timestamp) -> Duration? {
        guard let closedUntil, closedUntil > now else { return nil }
        // A clock that was set back must not make it longer.
        return min(closedUntil - now, MailLimits.longestOutageWait)
    }

    /// Learns from an attempt; answers whether the way was closed and is open again.
    mutating func learn(from outcome: Outbox.Outcome, at now: Timestamp) -> Bool {
        switch outcome {
        case .failed(.unavailable): close(at: now)
        case .failed(.interrupted):
            interruptions += 1
            // A try that is due while it is closed does not open it by failing later.
            if interruptions >= MailLimits.interruptions || closures > 0 { close(at: now) }
        case .failed(.corrupt), .failed(.invalid): break
        // A relay that refuses a recipient answers.
        case .sent, .failed(.postponed), .failed(.refused):
            let wasClosed = closures > 0
            self = WayOut()
            return wasClosed
        }
        return false
    }

    private mutating func close(at now: Timestamp) {
        closures += 1
        let wait = MailLimits.firstOutageWait * (1 << min(closures - 1, 9))
        closedUntil = now + min(wait, MailLimits.longestOutageWait)
    }
}
