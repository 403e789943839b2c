import Foundation

/// Looks again and again until there is something to see; `nil` when there is nothing in a minute,
/// which is more than any machine needs.
func eventually<R>(_ look: () throws -> R?) rethrows -> R? {
    let deadline = Date().addingTimeInterval(60)
    repeat {
        if let seen = try look() { return seen }
    } while Date() < deadline
    return nil
}
