/// A whole request: its head as it arrived, and its body.
///
/// Text is made from the bytes of the head when it is asked for, anew each time.
public struct HTTPRequest: Sendable {
    /// The method.
    public let method: HTTPMethod
    /// The body, decoded from chunks if it came so; empty when there is none.
    public internal(set) var body: [UInt8] = []
    /// The address of the peer without its port, as `127.0.0.1` or `2001:db8::1`.
    public let peer: String
    /// The port that the request arrived at.
    public let localPort: UInt16
    /// Whether it came over TLS.
    public let isSecure: Bool

    private let head: [UInt8]
    private let fields: [RequestHead.Field]
    private let targetRange: Range<Int>
    private let pathAndQuery: Range<Int>
    let minorVersion: Int
    let keepsAlive: Bool

    /// A request whose head was parsed from `bytes`; the body follows.
    init(
        head parsed: borrowing RequestHead,
        bytes: Span<UInt8>,
        peer: String,
        localPort: UInt16,
        isSecure: Bool
    ) {
        let head = bytes.extracting(first: parsed.length).withUnsafeBufferPointer(Array.init)
        self.head = head
        fields = parsed.fields
        method = Self.method(head[parsed.method])
        targetRange = parsed.target
        pathAndQuery = parsed.pathAndQuery
        minorVersion = parsed.minorVersion
        keepsAlive = parsed.keepsAlive
        self.peer = peer
        self.localPort = localPort
        self.isSecure = isSecure
    }

    /// A request that never met a socket; nil when the parser refuses such a head.
    package init?(
        method: HTTPMethod,
        target: String,
        headers: [(String, String)] = [],
        body: [UInt8] = [],
        peer: String = "127.0.0.1",
        localPort: UInt16 = 80,
        isSecure: Bool = false
    ) {
        var text = "\(method.name) \(target) HTTP/1.1\r\n"
        for (name, value) in headers {
            text += "\(name): \(value)\r\n"
        }
        text += "\r\n"
        let bytes = Array(text.utf8)
        var parsed = RequestHead()
        guard parsed.parse(bytes.span, limits: ServerLimits()) == .complete,
            parsed.length == bytes.count
        else { return nil }
        self.init(
            head: parsed,
            bytes: bytes.span,
            peer: peer,
            localPort: localPort,
            isSecure: isSecure
        )
        self.body = body
    }

    /// The request target as sent.
    public var target: String {
        text(head[targetRange])
    }

    /// The path, still percent-encoded: begins with a slash, or is `*` (for OPTIONS only).
    public var path: String {
        let end = head[pathAndQuery].firstIndex(of: 0x3F) ?? pathAndQuery.upperBound
        return text(head[pathAndQuery.lowerBound..<end])
    }

    /// What follows the first question mark of the target, still percent-encoded.
    public var query: String? {
        guard let mark = head[pathAndQuery].firstIndex(of: 0x3F) else { return nil }
        return text(head[(mark + 1)..<pathAndQuery.upperBound])
    }

    /// The value of the first field called `name`, which is written in lower case.
    ///
    /// Bytes outside ASCII are taken as ISO 8859-1, which loses and confuses none (RFC 9110,
    /// section 5.5).
    public func header(_ name: StaticString) -> String? {
        for field in fields where isNamed(field, name) {
            return value(field)
        }
        return nil
    }

    /// The number of fields called `name`, which is written in lower case.
    public func headerCount(_ name: StaticString) -> Int {
        fields.count { isNamed($0, name) }
    }

    /// All fields in the order of their arrival, names as sent.
    public var headers: [(name: String, value: String)] {
        fields.map { field in
            let start = Int(field.name)
            let name = head[start..<(start + Int(field.nameLength))]
            return (text(name), value(field))
        }
    }

    private func isNamed(_ field: RequestHead.Field, _ name: StaticString) -> Bool {
        guard name.utf8CodeUnitCount == Int(field.nameLength) else { return false }
        let start = Int(field.name)
        for place in 0..<name.utf8CodeUnitCount {
            let actual = head[start + place]
            let lower = actual &- 0x41 < 26 ? actual | 0x20 : actual
            if lower != name.utf8Start[place] { return false }
        }
        return true
    }

    private func value(_ field: RequestHead.Field) -> String {
        let start = Int(field.value)
        let bytes = head[start..<(start + Int(field.valueLength))]
        if bytes.allSatisfy({ $0 < 0x80 }) { return text(bytes) }
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
        return String(scalars)
    }

    /// The text of bytes that are ASCII: said to be UTF-8, since that alone is copied as it is.
    private func text(_ ascii: ArraySlice<UInt8>) -> String {
        String(decoding: ascii, as: UTF8.self)
    }

    /// Spells out the usual names without making a string of each request's.
    private static func method(_ name: ArraySlice<UInt8>) -> HTTPMethod {
        if name.elementsEqual("GET".utf8) { return .get }
        if name.elementsEqual("POST".utf8) { return .post }
        return HTTPMethod(String(decoding: name, as: Unicode.ASCII.self))
    }
}
