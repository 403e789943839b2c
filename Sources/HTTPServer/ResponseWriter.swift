import CLinux
import Glibc

/// Turns answers into bytes (RFC 9112, section 4).
struct ResponseWriter {
    /// What an answer says about the connection after it.
    enum Persistence {
        /// Says nothing: a 1.1 connection stays.
        case stays
        /// Says `keep-alive`, which a 1.0 client wants to hear.
        case kept
        case closes
    }

    /// A body above this goes out from where it is instead of through the buffer.
    static let copied = 16 << 10

    private var second = Int.min
    private var date: [UInt8] = []

    /// Renders the `Date` field when a second has passed (RFC 9110, section 6.6.1).
    mutating func tick() {
        var time = timespec()
        // The coarse clock is read without a system call and is right to some milliseconds.
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        if time.tv_sec == second { return }
        second = time.tv_sec
        date = Self.date(second)
    }

    /// Appends the answer; a large body is not appended but returned.
    ///
    /// `isStrict` tells the client to come over TLS alone for a year (RFC 6797, section 6.1).
    func write(
        _ response: HTTPResponse,
        into buffer: ByteBuffer,
        omitsBody: Bool,
        isStrict: Bool,
        persistence: Persistence
    ) -> [UInt8] {
        statusLine(response.status, buffer)
        buffer.append(date)
        if isStrict { buffer.append("Strict-Transport-Security: max-age=31536000\r\n") }
        if let block = response.block { buffer.append(block.bytes) }
        for (name, value) in response.headers {
            buffer.append(name)
            buffer.append(": ")
            buffer.append(value)
            buffer.append("\r\n")
        }
        switch persistence {
        case .stays: break
        case .kept: buffer.append("Connection: keep-alive\r\n")
        case .closes: buffer.append("Connection: close\r\n")
        }
        if response.isBodiless {
            buffer.append("\r\n")
            return []
        }
        buffer.append("Content-Length: ")
        buffer.append(decimal: response.body.count)
        buffer.append("\r\n\r\n")
        if omitsBody { return [] }
        if response.body.count > Self.copied { return response.body }
        buffer.append(response.body)
        return []
    }

    private func statusLine(_ status: Int, _ buffer: ByteBuffer) {
        if status == 200 {
            buffer.append("HTTP/1.1 200 OK\r\n")
            return
        }
        buffer.append("HTTP/1.1 ")
        buffer.append(decimal: status)
        buffer.append(" ")
        buffer.append(Self.reason(status))
        buffer.append("\r\n")
    }

    /// `Date: Sun, 06 Nov 1994 08:49:37 GMT`; the C library's own names depend on the locale.
    static func date(_ second: Int) -> [UInt8] {
        var time = time_t(second)
        var parts = tm()
        gmtime_r(&time, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)])"
        let clock = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        return Array("Date: \(day) \(Int(parts.tm_year) + 1900) \(clock) GMT\r\n".utf8)
    }

    /// The phrase for people; clients go by the number (RFC 9112, section 4).
    private static func reason(_ status: Int) -> StaticString {
        switch status {
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 303: "See Other"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 416: "Range Not Satisfiable"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 422: "Unprocessable Content"
        case 423: "Locked"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Other"
        }
    }
}
