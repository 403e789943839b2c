/// The cookies of a browser (RFC 6265bis).
enum Cookies {
    /// The session's token: bound to this host, to TLS, and out of reach of scripts.
    static let session = "__Host-session"

    /// The mark of a device that has signed in before; it proves nothing about a person.
    static let device = "__Host-device"

    /// Marks the device, for the 400 days that browsers allow (RFC 6265bis, section 5.6.2).
    static func set(device mark: String) -> (String, String) {
        (
            "Set-Cookie",
            "\(device)=\(mark); Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=34560000"
        )
    }

    /// Sets the session's token.
    static func set(session token: String) -> (String, String) {
        ("Set-Cookie", "\(session)=\(token); Secure; HttpOnly; SameSite=Strict; Path=/")
    }

    /// Takes the session's token away.
    static let clearSession = (
        "Set-Cookie", "\(session)=; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=0"
    )
}
