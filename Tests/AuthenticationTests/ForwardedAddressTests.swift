import Authentication
import Testing

@Suite struct ForwardedAddressTests {
    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), (" 192.0.2.7 ", "192.0.2.7"), ("192.0.2.7:4711", "192.0.2.7"),
        ("[2001:db8::7]", "2001:db8::7"), ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"), ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%25eth0]:80", "fe80::1"),
    ])
    func `an address is read in every form that proxies write`(hop: String, address: String) {
        #expect(ForwardedAddress.address(in: hop) == address)
    }

    @Test(arguments: [
        "", "unknown", "_hidden", "999.1.1.1", "[::1", "[]:80", "192.0.2", ":80", "1.2.3.4:5:6",
        "\u{e9}", "' OR 1=1 --",
    ])
    func `what is no address is none`(hop: String) {
        #expect(ForwardedAddress.address(in: hop) == nil)
    }
}
