import Authentication
import HTTPServer
import PolicyEngine

/// What every request must pass before anybody looks at it: host, origin, credential, body.
struct RequestGuards: Sendable {
    private let publicHost: String
    private let publicOrigin: String
    private let proxies: [NetworkRange]
    /// The ports of the loopback listeners; 0 where the system picks one.
    private let loopbackPorts: [Int]

    /// A body of a call that anybody may make: an address, a password of the longest and a link's
    /// token, all in escapes, are half of it.
    private static let openBodyBytes = 16 << 10
    /// Values in a body: the longest body map is a tenth of it, and reading as many takes 3 ms of
    /// the event loop.
    private static let bodyValues = 10_000

    init(settings: MachineSettings) {
        publicHost = settings.publicURL.authority
        publicOrigin = settings.publicURL.description
        proxies = settings.trustedProxies
        loopbackPorts = settings.listen.filter(\.isLoopback).map(\.port)
    }

    /// Only the public host is served, and the loopback names on a loopback listener (421).
    ///
    /// Nothing is ever built from the header; this keeps a rebound name from reaching the service.
    func checkHost(_ request: HTTPRequest) throws(Problem) {
        guard let host = request.header("host")?.lowercased(), request.headerCount("host") == 1
        else {
            throw Problem(.badRequest, "one Host is needed")
        }
        if host == publicHost || isLoopback(host, request) { return }
        throw Problem(.misdirected)
    }

    /// The session token that a request shows, hashed at once.
    func credential(of request: HTTPRequest) throws(Problem) -> Call.Credential? {
        let bearer = try bearerToken(of: request)
        let cookie = try cookie(Cookies.session, of: request)
        guard bearer == nil || cookie == nil else {
            throw Problem(.badRequest, "a session cookie and a bearer token together")
        }
        guard let token = bearer ?? cookie else { return nil }
        return Call.Credential(token: SessionToken(token), isCookie: bearer == nil)
    }

    /// Who sends a request.
    func client(of request: HTTPRequest) throws(Problem) -> Client {
        Client(
            address: address(of: request),
            userAgent: request.header("user-agent") ?? "",
            deviceCookie: try cookie(Cookies.device, of: request)
        )
    }

    /// Where a request comes from; what a proxy says counts only from one that is configured.
    func address(of request: HTTPRequest) -> String {
        guard proxies.contains(where: { $0.contains(request.peer) }),
            // The last hop is the one that our own proxy has seen; it may add it as a field of its
            // own after those that the client sent.
            let hop = request.headers.last(where: { $0.name.lowercased() == "x-forwarded-for" })?
                .value.split(separator: ",").last
        else { return request.peer }
        // An address that cannot be read would be a source of its own each time.
        return ForwardedAddress.address(in: String(hop.prefix(64))) ?? request.peer
    }

    /// A request that changes something and rides on a cookie must come from our own page.
    ///
    /// OWASP CSRF Prevention, "Fetch Metadata": both headers are the browser's, not the page's.
    func checkOrigin(
        _ request: HTTPRequest,
        route: Route,
        credential: Call.Credential?
    ) throws(Problem) {
        guard ![.get, .head].contains(request.method) else { return }
        let isCookie = credential?.isCookie ?? false
        guard isCookie || route.opensSession else { return }
        // A form of another site has a type of its own, or none: so the type is named even where
        // there is no body.
        guard isJSON(request) else { throw Problem(.crossSite, "send application/json") }
        let site = request.header("sec-fetch-site")
        let origin = request.header("origin")
        if let site, site != "same-origin" { throw Problem(.crossSite) }
        if let origin, !isAccepted(origin: origin.lowercased(), request) {
            throw Problem(.crossSite)
        }
        if isCookie && site == nil && origin == nil { throw Problem(.crossSite) }
    }

    /// The JSON body; `nil` where there is none.
    func body(of request: HTTPRequest, route: Route) throws(Problem) -> JSON? {
        if request.body.isEmpty || [.get, .head].contains(request.method) { return nil }
        if route.opensSession && request.body.count > RequestGuards.openBodyBytes {
            throw Problem(.tooLarge)
        }
        guard isJSON(request) else {
            throw Problem(.unsupportedMediaType, "send application/json")
        }
        do {
            let limits = JSON.Limits(values: RequestGuards.bodyValues)
            return try JSON(parsing: request.body, limits: limits)
        } catch {
            throw Problem(.badRequest, error.description)
        }
    }

    private func bearerToken(of request: HTTPRequest) throws(Problem) -> String? {
        guard var header = request.header("authorization") else { return nil }
        // RFC 9110, section 11.4: the scheme in any case, one space or more, the token.
        let token = header.withUTF8 { header -> String? in
            let scheme = header.prefix { $0 != UInt8(ascii: " ") }
            let token = header[scheme.endIndex...].drop { $0 == UInt8(ascii: " ") }
            guard scheme.elementsEqual("bearer".utf8, by: { $0 | 0x20 == $1 }), !token.isEmpty,
                !token.contains(UInt8(ascii: " "))
            else { return nil }
            return String(decoding: token, as: UTF8.self)
        }
        guard let token, request.headerCount("authorization") == 1 else {
            throw Problem(.badRequest, "expected `Authorization: Bearer TOKEN`")
        }
        return token
    }

    private func cookie(_ name: String, of request: HTTPRequest) throws(Problem) -> String? {
        guard let header = request.header("cookie") else { return nil }
        let values = header.split(separator: ";").compactMap { pair -> Substring? in
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == name else { return nil }
            return parts[1]
        }
        guard values.count <= 1, request.headerCount("cookie") == 1 else {
            throw Problem(.badRequest, "two cookies `\(name)`")
        }
        return values.first.map(String.init)
    }

    private func isJSON(_ request: HTTPRequest) -> Bool {
        // RFC 9110, section 8.3.1: in any case, with parameters after a semicolon.
        let type = (request.header("content-type") ?? "").utf8
        let essence = type.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
        let rest = type[essence.endIndex...].drop { $0 == UInt8(ascii: " ") }
        return (rest.isEmpty || rest.first == UInt8(ascii: ";"))
            && essence.elementsEqual("application/json".utf8) { $0 | 0x20 == $1 }
    }

    private func isAccepted(origin: String, _ request: HTTPRequest) -> Bool {
        if origin == publicOrigin { return true }
        let scheme = request.isSecure ? "https://" : "http://"
        return origin.hasPrefix(scheme)
            && isLoopback(String(origin.dropFirst(scheme.count)), request)
    }

    private static let loopbackNames = ["127.0.0.1", "[::1]", "localhost"]

    private func isLoopback(_ host: String, _ request: HTTPRequest) -> Bool {
        guard request.peer.hasPrefix("127.") || request.peer == "::1",
            loopbackPorts.contains(where: { [0, Int(request.localPort)].contains($0) })
        else { return false }
        return RequestGuards.loopbackNames.contains { name in
            guard host.hasPrefix(name) else { return false }
            let port = host.utf8.dropFirst(name.utf8.count)
            if port.isEmpty { return request.localPort == (request.isSecure ? 443 : 80) }
            return port.elementsEqual(":\(request.localPort)".utf8)
        }
    }
}
