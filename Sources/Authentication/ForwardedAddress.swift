/// What proxies write of who sent a request.
public enum ForwardedAddress {
    /// The IP address in a hop, which some proxies write with a port (`192.0.2.7:4711`,
    /// `[2001:db8::7]:4711`) or a zone; `nil` when there is none (RFC 7239, section 6, `unknown`).
    public static func address(in hop: String) -> String? {
        var text = hop.filter { $0 != " " && $0 != "\t" }[...]
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            text = text[text.index(after: text.startIndex)..<end]
        } else if text.count(where: { $0 == ":" }) == 1 {
            text = text.prefix { $0 != ":" }
        }
        text = text.prefix { $0 != "%" }
        return IPAddress(String(text)) == nil ? nil : String(text)
    }
}
