import Mail

/// How mails leave.
extension MachineSettings {
    static func mail(
        _ reader: inout SettingsReader,
        host: String
    ) throws(ConfigurationError) -> (MailTransport?, MailAddress) {
        var directory: String?
        try reader.path(&directory, "mail.directory")
        let relay = try relay(&reader, ownName: ownName(host))
        // A bracketed address is no host of a mail address without quoting.
        var from = try? MailAddress("keyholder@\(host.hasPrefix("[") ? "localhost" : host)")
        try reader.optional(&from, "mail.from", expected: "a mail address") { text in
            try? MailAddress(text)
        }
        guard let from else { throw ConfigurationError("`mail.from` is needed") }
        switch (directory, relay) {
        case (let directory?, nil): return (.directory(directory), from)
        case (nil, let relay?): return (.smtp(relay), from)
        case (nil, nil): return (nil, from)
        case (_?, _?):
            throw ConfigurationError("`mail.directory` and `mail.smtp` cannot both be the way out")
        }
    }

    private static func relay(
        _ reader: inout SettingsReader,
        ownName: String
    ) throws(ConfigurationError) -> SMTPRelay? {
        var (host, user): (String?, String?)
        try reader.optional(
            &host,
            "mail.smtp.host",
            expected: "a host name in lower case or a numeric address"
        ) { text in
            HostAndPort(text).flatMap { $0.port == nil ? $0.host : nil }
        }
        var security = SMTPRelay.Security.startTLS
        try reader.choice(&security, "mail.smtp.security")
        var port = security.usualPort
        try reader.integer(&port, "mail.smtp.port", in: 1...65_535)
        try reader.optional(&user, "mail.smtp.user", expected: "at most 254 bytes") { text in
            text.utf8.count <= SMTPRelay.longestUser ? text : nil
        }
        var (passwordFile, authorities): (String?, String?)
        try reader.path(&passwordFile, "mail.smtp.passwordFile")
        try reader.path(&authorities, "mail.smtp.caFile")
        let isSet = reader.found.contains {
            $0.key.hasPrefix("mail.smtp.") && $0.source != "default"
        }
        guard let host else {
            guard isSet else { return nil }
            throw ConfigurationError("`mail.smtp` needs `mail.smtp.host`")
        }
        let credentials: SMTPRelay.Credentials?
        switch (user, passwordFile) {
        case (let user?, let file?): credentials = .init(user: user, passwordFile: file)
        case (nil, nil): credentials = nil
        case (_?, nil):
            throw ConfigurationError("`mail.smtp.user` needs `mail.smtp.passwordFile`")
        case (nil, _?):
            throw ConfigurationError("`mail.smtp.passwordFile` needs `mail.smtp.user`")
        }
        return SMTPRelay(
            host: host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host,
            port: port,
            security: security,
            credentials: credentials,
            authorities: authorities,
            ownName: ownName
        )
    }

    /// What a relay is told that we are called: RFC 5321, section 4.1.3, for an address.
    private static func ownName(_ host: String) -> String {
        if host.hasPrefix("[") { return "[IPv6:\(host.dropFirst())" }
        return HostAndPort(host)?.isNumeric == true ? "[\(host)]" : host
    }
}
