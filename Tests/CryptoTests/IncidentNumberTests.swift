import Crypto
import Testing

struct IncidentNumberTests {
    @Test
    func `a number is shown with its check digit`() throws {
        let number = IncidentNumber(value: 4_829_175)
        #expect(number.digits == "48291757")
        #expect(number.formatted == "4829-1757")
        #expect("\(number)" == "4829-1757")
        #expect(IncidentNumber(value: 0).digits == "00000000")
        #expect(try IncidentNumber(parsing: "48291757") == number)
        #expect(try IncidentNumber(parsing: "4829-1757") == number)
    }

    @Test
    func `the check digit is damm's`() {
        // The worked example of the algorithm: 572 has the check digit 4.
        #expect(IncidentNumber(value: 572).digits == "00005724")
    }

    @Test(arguments: [
        "", "4829175", "482917577", "4829 1757", "48-291757", "4829--1757", "4829-175", " 48291757",
        "48291757 ", "4829175a", "４8291757", "-48291757", "4829-1757-", "+4829175",
    ])
    func `other spellings are refused`(text: String) {
        #expect(throws: CryptoError.malformedNumber) { try IncidentNumber(parsing: text) }
    }

    @Test
    func `every wrong digit and every swap of neighbours is caught`() throws {
        for value in stride(from: 3, to: 10_000_000, by: 99_991) {
            let digits = Array(IncidentNumber(value: value).digits)
            for place in digits.indices {
                for wrong in "0123456789" where wrong != digits[place] {
                    var mistyped = digits
                    mistyped[place] = wrong
                    #expect(throws: CryptoError.wrongCheckDigit) {
                        try IncidentNumber(parsing: String(mistyped))
                    }
                }
                guard place > 0, digits[place] != digits[place - 1] else { continue }
                var swapped = digits
                swapped.swapAt(place, place - 1)
                #expect(throws: CryptoError.wrongCheckDigit) {
                    try IncidentNumber(parsing: String(swapped))
                }
            }
        }
    }

    @Test
    func `the permutation meets every number once`() {
        let permutation = NumberPermutation(key: .random(count: 32))
        var met = [Bool](repeating: false, count: IncidentNumber.range.count)
        for sequence in IncidentNumber.range {
            met[permutation.number(forSequence: sequence).value] = true
        }
        #expect(met.allSatisfy { $0 })
    }

    @Test
    func `the place in the order comes back, and neighbours are far apart`() {
        let permutation = NumberPermutation(key: .random(count: 32))
        var near = 0
        for sequence in 0..<20_000 {
            let number = permutation.number(forSequence: sequence)
            #expect(permutation.sequence(of: number) == sequence)
            let next = permutation.number(forSequence: sequence + 1)
            if abs(next.value - number.value) < 1000 { near += 1 }
        }
        // 4 expected among 20,000 pairs of independent numbers.
        #expect(near < 30)
    }

    @Test
    func `the permutation depends on its key and on nothing else`() throws {
        let key = Secret([UInt8](0..<32))
        let numbers = (0..<4).map { NumberPermutation(key: key).number(forSequence: $0).digits }
        // From a separate program: a change here would give numbers out twice.
        #expect(numbers == ["13239530", "21975198", "50205498", "55786371"])
        let other = NumberPermutation(key: .random(count: 32))
        #expect(
            (0..<100).contains { sequence in
                other.number(forSequence: sequence)
                    != NumberPermutation(key: key).number(forSequence: sequence)
            }
        )
    }
}
