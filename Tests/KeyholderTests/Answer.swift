import Foundation

/// What the service answered, as `curl -i` prints it.
struct Answer {
    let status: Int
    /// The header fields by their names in lower case.
    let headers: [String: String]
    /// The values of `Set-Cookie`, which comes once for each cookie.
    let cookies: [String]
    let text: String

    /// Reads a status line, header fields, an empty line and the body; `nil` for anything else.
    init?(printed: Data) {
        guard let end = printed.range(of: Data("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: printed[..<end.lowerBound], as: UTF8.self)
        let lines = head.split(separator: "\r\n")
        guard let words = lines.first?.split(separator: " "), words.count >= 2,
            words[0] == "HTTP/1.1", let status = Int(words[1])
        else { return nil }
        self.status = status
        var headers: [String: String] = [:]
        var cookies: [String] = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            let name = line[..<colon].lowercased()
            if name == "set-cookie" { cookies.append(String(value)) }
            headers[name] = String(value)
        }
        self.headers = headers
        self.cookies = cookies
        text = String(decoding: printed[end.upperBound...], as: UTF8.self)
    }

    subscript(key: String) -> Any? { object[key] }

    func list(_ key: String) -> [[String: Any]] { object[key] as? [[String: Any]] ?? [] }

    var object: [String: Any] {
        let value = try? JSONSerialization.jsonObject(with: Data(text.utf8))
        return value as? [String: Any] ?? [:]
    }

    var items: [[String: Any]] { list("items") }

    /// The name of the problem; empty for an answer that is none.
    var problem: String {
        guard headers["content-type"] == "application/problem+json",
            object["status"] as? Int == status,
            let type = object["type"] as? String, type.hasPrefix("urn:keyholder:problem:")
        else { return "" }
        return String(type.dropFirst("urn:keyholder:problem:".count))
    }

    /// The fields at fault.
    var fields: [String] { list("errors").compactMap { $0["field"] as? String } }

    /// What is wrong with the header fields that every answer has or must not have.
    var brokenGroundRules: [String] {
        var broken: [String] = []
        for (name, value) in [
            "cache-control": "no-store", "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
        ] where headers[name] != value {
            broken.append("\(name) is \(headers[name] ?? "absent")")
        }
        if headers["x-request-id"]?.isEmpty ?? true { broken.append("no request id") }
        if headers["server"] != nil { broken.append("the server names itself") }
        // These schools have self-signed certificates.
        if headers["strict-transport-security"] != nil { broken.append("insists on TLS") }
        if !text.isEmpty, headers["content-type"] == nil { broken.append("no content type") }
        return broken
    }
}
