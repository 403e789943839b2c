import Authentication
import HTTPServer
import PolicyEngine
import SQLite

/// A request that has a route: everything about it that needs no database.
///
/// A class: it is handed from the event loop to the writer and back.
final class Call: Sendable {
    /// What the caller shows for who they are.
    struct Credential: Sendable {
        /// The session's token; `nil` for a text that can be none.
        let token: SessionToken?
        let isCookie: Bool
    }

    let request: HTTPRequest
    let route: Route
    let parameters: [String]
    let body: JSON?
    let credential: Credential?
    let id: String

    /// A browser sends it, and so never gets a token in a body.
    var isFromBrowser: Bool { request.header("sec-fetch-site") != nil }

    /// Where it comes from.
    let client: Client

    init(
        request: HTTPRequest,
        route: Route,
        parameters: [String],
        body: JSON?,
        credential: Credential?,
        id: String,
        client: Client
    ) {
        self.request = request
        self.route = route
        self.parameters = parameters
        self.body = body
        self.credential = credential
        self.id = id
        self.client = client
    }

    /// The id in the path, `nil` for a text that can be none: that is put on record as no id at all,
    /// since what the caller made up may be of any length.
    var identifier: Identifier? { parameters.first.flatMap(Identifier.init) }

    /// Whether the request keeps the session alive.
    var isActivity: Bool { route.isActivity && !isBackground }
    /// Whether the page itself asks, and not the person who looks at it.
    var isBackground: Bool { request.header("x-background") == "1" }

    /// The value of a query parameter, decoded.
    ///
    /// - Throws: `validation` for an unknown name; `bad-request` for a broken escape or a name that
    ///   comes twice.
    func query(allowed names: Set<String>) throws(Problem) -> [String: String] {
        var values: [String: String] = [:]
        for pair in (request.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Call.decoded(parts[0]),
                let value = parts.count == 2 ? Call.decoded(parts[1]) : ""
            else { throw Problem(.badRequest, "broken escape in the query") }
            guard names.contains(name) else {
                throw Problem.field(String(name.prefix(64)), "unknown query parameter")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw Problem(.badRequest, "query parameter `\(name)` comes twice")
            }
        }
        return values
    }

    /// Decodes `+` and percent escapes (WHATWG URL, section 5.1).
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexDigit),
                    let low = rest.popFirst().flatMap(hexDigit)
                else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
