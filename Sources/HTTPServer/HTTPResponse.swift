/// An answer, to which the server adds `Date`, `Content-Length` and, where needed, `Connection`.
public struct HTTPResponse: Sendable {
    /// The status, 200 to 599.
    public var status: Int
    /// The fields, in order.
    ///
    /// One with a name that is no token, a control character in its value or a
    /// name that the server sets itself turns the answer into the handler's `malformed(500)`.
    public var headers: [(String, String)]
    /// Constant fields that go before `headers`.
    public var block: HeaderBlock?
    /// The body, which is not sent for HEAD (its length is), nor with 204 and 304.
    public var body: [UInt8]

    /// An answer of these parts.
    public init(
        status: Int,
        headers: [(String, String)] = [],
        block: HeaderBlock? = nil,
        body: [UInt8] = []
    ) {
        self.status = status
        self.headers = headers
        self.block = block
        self.body = body
    }

    /// Whether the answer can go out as it is.
    var isWellFormed: Bool {
        (200...599).contains(status) && headers.allSatisfy { Self.isAllowed($0.0, $0.1) }
    }

    /// No body at all, not even an empty one (RFC 9110, sections 15.3.5 and 15.4.5).
    var isBodiless: Bool {
        status == 204 || status == 304
    }

    /// Whether a handler may send this field: it cannot end its line or change the framing.
    static func isAllowed(_ name: String, _ value: String) -> Bool {
        var (token, field) = (name, value)
        guard !token.isEmpty, token.withUTF8({ $0.allSatisfy(ByteClass.isToken) }),
            field.withUTF8({ $0.allSatisfy(ByteClass.isFieldValue) })
        else { return false }
        switch name.utf8.count {
        case 4: return !isNamed(name, "date")
        case 10: return !isNamed(name, "connection")
        case 14: return !isNamed(name, "content-length")
        case 17: return !isNamed(name, "transfer-encoding")
        default: return true
        }
    }

    private static func isNamed(_ name: String, _ other: StaticString) -> Bool {
        other.withUTF8Buffer { other in
            name.utf8.elementsEqual(other) { $0 | 0x20 == $1 }
        }
    }
}
