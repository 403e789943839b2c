/// A version of the QR code at error correction level M, and how data lies in it.
struct QRVersion {
    let number: Int

    /// Error correction codewords of a block, and blocks (ISO/IEC 18004, table 9), from version 1.
    private static let blocks: [(correction: Int, count: Int)] = [
        (10, 1), (16, 1), (26, 1), (18, 2), (24, 2), (16, 4), (18, 4), (22, 4), (22, 5), (26, 5),
        (30, 5), (22, 8), (22, 9), (24, 9), (24, 10), (28, 10), (28, 11), (26, 13), (26, 14),
        (26, 16),
    ]

    /// The smallest version that holds so many bytes.
    static func smallest(for count: Int) -> QRVersion? {
        (1...blocks.count).lazy.map(QRVersion.init).first { version in
            4 + version.countBits + 8 * count <= 8 * version.dataCodewords
        }
    }

    var size: Int { 17 + 4 * number }

    /// The centres of the alignment patterns (annex E).
    var alignmentPositions: [Int] {
        guard number > 1 else { return [] }
        let count = number / 7 + 2
        let step = (number * 8 + count * 3 + 5) / (count * 4 - 4) * 2
        return [6] + (0..<count - 1).map { size - 7 - $0 * step }.reversed()
    }

    /// The data in its blocks with their error correction, interleaved.
    func codewords(of bytes: [UInt8]) -> [UInt8] {
        let (correction, count) = QRVersion.blocks[number - 1]
        let data = padded(bytes)
        let shortLength = data.count / count
        let longBlocks = data.count % count
        let divisor = ReedSolomon.divisor(degree: correction)
        var blocks: [[UInt8]] = []
        var corrections: [[UInt8]] = []
        var start = 0
        for index in 0..<count {
            let length = shortLength + (index >= count - longBlocks ? 1 : 0)
            let block = Array(data[start..<start + length])
            start += length
            blocks.append(block)
            corrections.append(ReedSolomon.remainder(of: block, by: divisor))
        }
        var result: [UInt8] = []
        for index in 0...shortLength {
            for block in blocks where index < block.count { result.append(block[index]) }
        }
        for index in 0..<correction {
            for block in corrections { result.append(block[index]) }
        }
        return result
    }

    private var countBits: Int { number < 10 ? 8 : 16 }

    private var rawModules: Int {
        var modules = (16 * number + 128) * number + 64
        if number >= 2 {
            let count = number / 7 + 2
            modules -= (25 * count - 10) * count - 55
            if number >= 7 { modules -= 36 }
        }
        return modules
    }

    private var dataCodewords: Int {
        let (correction, count) = QRVersion.blocks[number - 1]
        return rawModules / 8 - correction * count
    }

    /// Mode, count, data, terminator, and the padding bytes (section 7.4.10).
    private func padded(_ bytes: [UInt8]) -> [UInt8] {
        var bits: [Bool] = []
        func append(_ value: Int, _ count: Int) {
            for index in stride(from: count - 1, through: 0, by: -1) {
                bits.append(value >> index & 1 == 1)
            }
        }
        append(0b0100, 4)
        append(bytes.count, countBits)
        for byte in bytes { append(Int(byte), 8) }
        let capacity = 8 * dataCodewords
        append(0, min(4, capacity - bits.count))
        append(0, (8 - bits.count % 8) % 8)
        var pad = 0xec
        while bits.count < capacity {
            append(pad, 8)
            pad ^= 0xec ^ 0x11
        }
        return stride(from: 0, to: bits.count, by: 8).map { start in
            bits[start..<start + 8].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
        }
    }
}

/// Error correction over GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1.
private enum ReedSolomon {
    static func divisor(degree: Int) -> [UInt8] {
        var coefficients = [UInt8](repeating: 0, count: degree - 1) + [1]
        var root: UInt8 = 1
        for _ in 0..<degree {
            for index in 0..<degree {
                coefficients[index] = multiply(coefficients[index], root)
                if index + 1 < degree { coefficients[index] ^= coefficients[index + 1] }
            }
            root = multiply(root, 2)
        }
        return coefficients
    }

    static func remainder(of data: [UInt8], by divisor: [UInt8]) -> [UInt8] {
        var remainder = [UInt8](repeating: 0, count: divisor.count)
        for byte in data {
            let factor = byte ^ remainder.removeFirst()
            remainder.append(0)
            for index in divisor.indices { remainder[index] ^= multiply(divisor[index], factor) }
        }
        return remainder
    }

    private static func multiply(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var product = 0
        for index in stride(from: 7, through: 0, by: -1) {
            product = product << 1 ^ (product >> 7) * 0x11d
            product ^= (Int(right) >> index & 1) * Int(left)
        }
        return UInt8(product)
    }
}
