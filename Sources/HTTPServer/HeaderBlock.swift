/// Header fields that many answers share, rendered once and copied whole.
public struct HeaderBlock: Sendable {
    let bytes: [UInt8]

    /// Renders `headers`, which are constants of the program: a malformed one is a programming
    /// error and traps.
    public init(_ headers: [(String, String)]) {
        var bytes: [UInt8] = []
        for (name, value) in headers {
            precondition(HTTPResponse.isAllowed(name, value), "malformed header `\(name)`")
            bytes += Array("\(name): \(value)\r\n".utf8)
        }
        self.bytes = bytes
    }
}
