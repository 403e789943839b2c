import Crypto
import Testing

struct SecretTests {
    @Test
    func `a secret shows nothing, however it is printed`() {
        let secret = Secret(Array("hunter2".utf8))
        var dumped = ""
        dump(["key": secret], to: &dumped)
        for text in [
            "\(secret)", String(describing: secret), String(reflecting: secret),
            "\([secret])", dumped,
        ] {
            #expect(text.contains("<secret>"))
            #expect(!text.contains("hunter2"))
            #expect(!text.contains("104"))
        }
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    @Test
    func `secrets are equal when their bytes are`() {
        let bytes = Random.bytes(40)
        #expect(Secret(bytes) == Secret(bytes))
        #expect(Secret([]) == Secret([]))
        #expect(Secret(bytes) != Secret(Array(bytes.dropLast())))
        #expect(Secret(bytes).matches(bytes))
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 0x80
            #expect(Secret(bytes) != Secret(other))
            #expect(!Secret(bytes).matches(other))
            #expect(!constantTimeEquals(bytes, other))
        }
        #expect(constantTimeEquals(bytes, Array(bytes)))
        #expect(constantTimeEquals([], []))
    }

    @Test
    func `a secret made by wiping takes the bytes away`() {
        var bytes: [UInt8] = [1, 2, 3]
        let secret = Secret(wiping: &bytes)
        #expect(bytes.isEmpty)
        #expect(secret.withBytes { Array($0) } == [1, 2, 3])
        #expect(secret.count == 3)
    }

    @Test
    func `random secrets and numbers do not repeat`() {
        #expect(Set((0..<1000).map { _ in Random.uint64() }).count == 1000)
        #expect(Secret.random(count: 32) != Secret.random(count: 32))
        #expect(Random.bytes(0).isEmpty)
        #expect(Random.bytes(17).count == 17)
        let ones = Random.bytes(10_000).reduce(0) { $0 + $1.nonzeroBitCount }
        // 40,000 expected with a standard deviation of 141: seven of them.
        #expect((39_000...41_000).contains(ones))
    }
}
