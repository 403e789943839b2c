/// A keyed permutation of the incident numbers, so that they do not tell how many there are.
///
/// A Feistel network over pairs below 3163 (3163² is the first square above ten million) with
/// addition modulo 3163, walked until the result is below ten million (Black and Rogaway, "Ciphers
/// with arbitrary finite domains", 2002); one step in 2,200 walks twice. Eight rounds; the round
/// functions are tables filled from HMAC-SHA-256 once (2 ms, 50 kB).
public struct NumberPermutation: Sendable {
    private static let rounds = 8
    private static let side = 3163

    private let tables: [UInt16]

    /// The permutation of a key, which never rotates: numbers would repeat.
    public init(key: Secret) {
        let mac = HMACKey(key)
        var tables: [UInt16] = []
        tables.reserveCapacity(NumberPermutation.rounds * NumberPermutation.side)
        for round in 0..<NumberPermutation.rounds {
            var block = 0
            var filled = 0
            while filled < NumberPermutation.side {
                let label =
                    Array("incident number".utf8) + [
                        UInt8(round), UInt8(block >> 8), UInt8(block & 0xff),
                    ]
                let stream = mac.authenticate(label)
                // 64 bits for each entry leave no bias that could be seen.
                for start in stride(from: 0, to: 32, by: 8) where filled < NumberPermutation.side {
                    let word = stream[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                    tables.append(UInt16(word % UInt64(NumberPermutation.side)))
                    filled += 1
                }
                block += 1
            }
        }
        self.tables = tables
    }

    /// The number of the incident that is `sequence`th in the order of recording, from 0.
    ///
    /// Traps outside 0 to 9,999,999.
    public func number(forSequence sequence: Int) -> IncidentNumber {
        precondition(IncidentNumber.range.contains(sequence), "incident numbers are used up")
        var value = sequence
        repeat { value = forward(value) } while !IncidentNumber.range.contains(value)
        return IncidentNumber(value: value)
    }

    /// The place in the order of recording of the incident with `number`, from 0.
    public func sequence(of number: IncidentNumber) -> Int {
        var value = number.value
        repeat { value = backward(value) } while !IncidentNumber.range.contains(value)
        return value
    }

    private func forward(_ value: Int) -> Int {
        var (left, right) = value.quotientAndRemainder(dividingBy: NumberPermutation.side)
        for round in 0..<NumberPermutation.rounds {
            (left, right) = (right, (left + entry(round, right)) % NumberPermutation.side)
        }
        return left * NumberPermutation.side + right
    }

    private func backward(_ value: Int) -> Int {
        var (left, right) = value.quotientAndRemainder(dividingBy: NumberPermutation.side)
        for round in (0..<NumberPermutation.rounds).reversed() {
            let back =
                (right - entry(round, left) + NumberPermutation.side)
                % NumberPermutation.side
            (left, right) = (back, left)
        }
        return left * NumberPermutation.side + right
    }

    private func entry(_ round: Int, _ half: Int) -> Int {
        Int(tables[round * NumberPermutation.side + half])
    }
}
