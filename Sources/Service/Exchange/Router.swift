import HTTPServer

/// Finds the route of a request: a tree of the segments of all paths.
struct Router: Sendable {
    private struct Node {
        var literals: [String: Int] = [:]
        var parameter: Int?
        var routes: [Route] = []
        /// A record: every method that it has not is `immutable`.
        var isImmutable = false

        /// What `Allow` says (RFC 9110, section 10.2.1).
        var allowed: String {
            routes.flatMap { $0.method == .get ? ["GET", "HEAD"] : [$0.method.name] }
                .joined(separator: ", ")
        }
    }

    private var nodes = [Node()]

    init(_ routes: [Route], immutable: [String]) {
        for route in routes { nodes[place(of: route.path)].routes.append(route) }
        for path in immutable { nodes[place(of: path)].isImmutable = true }
    }

    /// The route of a request; `nil` for one that no route answers.
    func find(_ method: HTTPMethod, path: String) -> Route? {
        do throws(Problem) {
            return try route(method, path: path).0
        } catch {
            return nil
        }
    }

    /// The route and the parameters of its path.
    ///
    /// 405 is decided before anything that depends on the caller (a 404 for a path that no route has).
    func route(_ method: HTTPMethod, path: String) throws(Problem) -> (Route, [String]) {
        var parameters: [String] = []
        var place = 0
        for segment in Router.segments(of: path) {
            if let next = nodes[place].literals[segment] {
                place = next
            } else if let next = nodes[place].parameter {
                parameters.append(segment)
                place = next
            } else {
                throw .notFound
            }
        }
        let node = nodes[place]
        // HEAD works wherever GET does; the server strips the body.
        let wanted = method == .head ? .get : method
        if let route = node.routes.first(where: { $0.method == wanted }) {
            return (route, parameters)
        }
        let isChange = [.put, .patch, .delete].contains(method)
        if node.isImmutable && isChange {
            throw Problem(.immutable, headers: [("Allow", node.allowed)])
        }
        if node.routes.isEmpty && !node.isImmutable { throw .notFound }
        throw Problem(.methodNotAllowed, headers: [("Allow", node.allowed)])
    }

    /// What lies between the slashes of a path.
    private static func segments(of path: String) -> [String] {
        var path = path
        return path.withUTF8 { path in
            path.dropFirst().split(separator: 0x2F, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// The node of a path, made if it is new.
    private mutating func place(of path: String) -> Int {
        path.split(separator: "/").reduce(0) { place, segment in
            let known =
                segment == "*" ? nodes[place].parameter : nodes[place].literals[String(segment)]
            if let known { return known }
            nodes.append(Node())
            if segment == "*" {
                nodes[place].parameter = nodes.count - 1
            } else {
                nodes[place].literals[String(segment)] = nodes.count - 1
            }
            return nodes.count - 1
        }
    }
}
