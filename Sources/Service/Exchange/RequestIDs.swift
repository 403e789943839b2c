import Crypto
import SQLite

/// Names for requests, which neither count them nor follow from each other.
///
/// Random bytes are taken many at a time: asking the generator costs more than what it gives.
final class RequestIDs: Sendable {
    private static let width = 8
    private let stock = Locked<[UInt8]>([])

    /// The next name, 16 hexadecimal digits.
    func next() -> String {
        let bytes = stock.withLock { stock in
            if stock.isEmpty { stock = Random.bytes(128 * RequestIDs.width) }
            defer { stock.removeLast(RequestIDs.width) }
            return Array(stock.suffix(RequestIDs.width))
        }
        return Hex.encode(bytes)
    }
}
