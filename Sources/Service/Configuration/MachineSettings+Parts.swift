import Authentication
import HTTPServer
import PolicyEngine

/// The parts of the machine's settings that belong together.
extension MachineSettings {
    static var defaultListen: ListenAddress {
        guard let address = ListenAddress("127.0.0.1:8080") else {
            preconditionFailure("the default address is one")
        }
        return address
    }

    static func tls(
        _ reader: inout SettingsReader
    ) throws(ConfigurationError) -> TLSConfiguration? {
        var (certificate, key): (String?, String?)
        try reader.path(&certificate, "tls.certificate")
        try reader.path(&key, "tls.key")
        switch (certificate, key) {
        case (let certificate?, let key?):
            return TLSConfiguration(certificate: certificate, key: key)
        case (nil, nil): return nil
        // One without the other would quietly serve in clear.
        case (_?, nil): throw ConfigurationError("`tls.certificate` needs `tls.key`")
        case (nil, _?): throw ConfigurationError("`tls.key` needs `tls.certificate`")
        }
    }

    static func publicURL(
        _ reader: inout SettingsReader,
        listen: [ListenAddress],
        isSecure: Bool
    ) throws(ConfigurationError) -> PublicURL {
        // On every address of the machine, or on a port not picked yet, there is no better guess
        // than the machine itself.
        let first = listen.first ?? defaultListen
        let host = ["0.0.0.0", "[::]"].contains(first.host) ? "127.0.0.1" : first.host
        let port = first.port == 0 ? defaultListen.port : first.port
        var url = PublicURL("\(isSecure ? "https" : "http")://\(host):\(port)")
        try reader.optional(
            &url,
            "publicUrl",
            expected: "`https://` or `http://` with a host in lower case, perhaps a port, no path"
        ) { PublicURL($0) }
        guard let url else { throw ConfigurationError("`publicUrl` is needed") }
        return url
    }

    static func trustedProxies(
        _ reader: inout SettingsReader
    ) throws(ConfigurationError) -> [NetworkRange] {
        let local = ["127.0.0.0/8", "::1/128"].compactMap { NetworkRange($0) }
        var ranges: [NetworkRange] = []
        try reader.read(
            &ranges,
            "behindProxy",
            expected: "`true` for a proxy on this machine, or a list of at most 16 address ranges",
            print: SettingsReader.joined
        ) { content in
            switch content {
            case .json(.bool(let isBehind)): isBehind ? local : []
            case .text("true"): local
            case .text("false"): []
            case .json, .text: SettingsReader.list(content, limit: 16) { NetworkRange($0) }
            }
        }
        return ranges
    }

    static func limits(
        _ limits: inout ServerLimits,
        loops: inout Int,
        _ reader: inout SettingsReader
    ) throws(ConfigurationError) {
        try reader.integer(&loops, "server.loops", in: 1...64)
        try reader.integer(&limits.head, "server.headBytes", in: 1_024...65_535)
        try reader.integer(&limits.fields, "server.headFields", in: 16...1_000)
        try reader.integer(&limits.target, "server.targetBytes", in: 256...65_535)
        try reader.integer(&limits.body, "server.bodyBytes", in: 65_536...(64 << 20))
        try reader.seconds(&limits.handshakeTime, "server.handshakeSeconds", in: 1...120)
        try reader.seconds(&limits.headTime, "server.headSeconds", in: 1...120)
        try reader.seconds(&limits.bodyGrace, "server.bodyGraceSeconds", in: 1...120)
        try reader.integer(&limits.bodyRate, "server.bodyBytesPerSecond", in: 1...(1 << 20))
        try reader.seconds(&limits.idleTime, "server.idleSeconds", in: 1...600)
        try reader.seconds(&limits.writeTime, "server.writeSeconds", in: 1...600)
        try reader.integer(&limits.answerRate, "server.answerBytesPerSecond", in: 1...(1 << 20))
        try reader.seconds(&limits.answerTime, "server.answerSeconds", in: 1...600)
        try reader.integer(
            &limits.requestsPerConnection,
            "server.requestsPerConnection",
            in: 1...1_000_000
        )
        try reader.integer(&limits.connections, "server.connections", in: 1...100_000)
        try reader.integer(
            &limits.connectionsPerAddress,
            "server.connectionsPerAddress",
            in: 1...100_000
        )
        try reader.integer(&limits.unsent, "server.unsentBytes", in: 16_384...(16 << 20))
    }
}

/// Where values come from.
extension MachineSettings {
    /// The settings that a command line knows, as `--NAME VALUE`, in the order of a help text.
    public static let flags: [(key: String, flag: String)] = [
        ("listen", "listen"), ("publicUrl", "public-url"), ("tls.certificate", "tls-certificate"),
        ("tls.key", "tls-key"), ("mail.directory", "mail-directory"), ("mail.from", "mail-from"),
        ("metrics.listen", "metrics-listen"),
    ]

    static func flag(of key: String) -> String {
        flags.first { $0.key == key }?.flag ?? key
    }

    /// `KEYHOLDER_` and the name in capitals, its parts between underscores:
    /// `metrics.listen` is `KEYHOLDER_METRICS_LISTEN`, `publicUrl` is `KEYHOLDER_PUBLIC_URL`.
    static func variable(of key: String) -> String {
        key.reduce(into: "KEYHOLDER_") { name, character in
            if character == "." {
                name += "_"
            } else {
                name += character.isUppercase ? "_\(character)" : character.uppercased()
            }
        }
    }

    static func layers(
        flags: [String: String],
        environment: [String: String],
        file: File?
    ) throws(ConfigurationError) -> [SettingsReader.Layer] {
        var layers = [
            SettingsReader.Layer(
                name: "flag --",
                values: flags.mapValues { .text($0) },
                isClosed: true,
                spelling: flag
            ),
            SettingsReader.Layer(
                name: "environment ",
                values: environment.mapValues { .text($0) },
                isClosed: false,
                spelling: variable
            ),
        ]
        guard let file else { return layers }
        guard file.bytes.count <= largestFile else {
            throw ConfigurationError("\(file.name): larger than \(largestFile) bytes")
        }
        guard let plain = JSONComments.blanked(file.bytes) else {
            throw ConfigurationError("\(file.name): a comment has no end")
        }
        layers.append(try SettingsReader.layer(file.name, parsing: plain))
        return layers
    }
}
