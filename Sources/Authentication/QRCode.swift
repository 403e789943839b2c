/// A QR code of a text: byte mode, error correction level M, versions 1 to 20 (ISO/IEC 18004).
public struct QRCode: Sendable {
    /// The number of modules of a side.
    public let size: Int
    private var dark: [Bool]
    private var isFunction: [Bool]

    /// Encodes a text in the smallest version that holds its UTF-8; `nil` past 666 bytes.
    public init?(encoding text: String) {
        let bytes = Array(text.utf8)
        guard let version = QRVersion.smallest(for: bytes.count) else { return nil }
        size = version.size
        dark = Array(repeating: false, count: size * size)
        isFunction = dark
        drawFunctionPatterns(version)
        drawCodewords(version.codewords(of: bytes))
        chooseMask()
    }

    /// Whether a module is dark; false outside.
    public subscript(x: Int, y: Int) -> Bool {
        (0..<size).contains(x) && (0..<size).contains(y) && dark[y * size + x]
    }

    /// The code as SVG with its quiet zone of four modules: one path, no script, no style.
    public var svg: String {
        var path = ""
        for y in 0..<size {
            for x in 0..<size where self[x, y] { path += "M\(x + 4) \(y + 4)h1v1h-1z" }
        }
        let side = size + 8
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" \
            shape-rendering="crispEdges"><rect width="\(side)" height="\(side)" fill="#fff"/>\
            <path d="\(path)" fill="#000"/></svg>
            """
    }

    /// The code as lines for a terminal, two rows of modules a line, with its quiet zone.
    ///
    /// What is light is drawn: a terminal writes light on dark, or is told to.
    public var blocks: [String] {
        let edge = 4
        return stride(from: -edge, to: size + edge, by: 2).map { y in
            let line = (-edge..<size + edge).map { x in
                switch (self[x, y], self[x, y + 1]) {
                case (false, false): "\u{2588}"
                case (false, true): "\u{2580}"
                case (true, false): "\u{2584}"
                case (true, true): " "
                }
            }
            return line.joined()
        }
    }

    // MARK: - Function patterns

    private mutating func drawFunctionPatterns(_ version: QRVersion) {
        for index in 0..<size {
            set(6, index, index.isMultiple(of: 2))
            set(index, 6, index.isMultiple(of: 2))
        }
        for (x, y) in [(3, 3), (size - 4, 3), (3, size - 4)] { drawFinder(x, y) }
        let positions = version.alignmentPositions
        for (i, x) in positions.enumerated() {
            for (j, y) in positions.enumerated() {
                let last = positions.count - 1
                // Three corners belong to the finders.
                if (i, j) == (0, 0) || (i, j) == (0, last) || (i, j) == (last, 0) { continue }
                drawAlignment(x, y)
            }
        }
        drawFormat(mask: 0)
        drawVersion(version.number)
    }

    private mutating func drawFinder(_ x: Int, _ y: Int) {
        for dy in -4...4 {
            for dx in -4...4 where (0..<size).contains(x + dx) && (0..<size).contains(y + dy) {
                let distance = max(abs(dx), abs(dy))
                set(x + dx, y + dy, distance != 2 && distance != 4)
            }
        }
    }

    private mutating func drawAlignment(_ x: Int, _ y: Int) {
        for dy in -2...2 {
            for dx in -2...2 { set(x + dx, y + dy, max(abs(dx), abs(dy)) != 1) }
        }
    }

    /// Level M is 00; five bits and their BCH remainder, masked (section 7.9).
    private mutating func drawFormat(mask: Int) {
        var remainder = mask
        for _ in 0..<10 { remainder = remainder << 1 ^ (remainder >> 9) * 0x537 }
        let bits = (mask << 10 | remainder) ^ 0x5412
        func bit(_ index: Int) -> Bool { bits >> index & 1 == 1 }
        for index in 0...5 { set(8, index, bit(index)) }
        set(8, 7, bit(6))
        set(8, 8, bit(7))
        set(7, 8, bit(8))
        for index in 9..<15 { set(14 - index, 8, bit(index)) }
        for index in 0..<8 { set(size - 1 - index, 8, bit(index)) }
        for index in 8..<15 { set(8, size - 15 + index, bit(index)) }
        set(8, size - 8, true)
    }

    /// Six bits and their BCH remainder from version 7 on (section 7.10).
    private mutating func drawVersion(_ number: Int) {
        guard number >= 7 else { return }
        var remainder = number
        for _ in 0..<12 { remainder = remainder << 1 ^ (remainder >> 11) * 0x1f25 }
        let bits = number << 12 | remainder
        for index in 0..<18 {
            let isDark = bits >> index & 1 == 1
            let (a, b) = (size - 11 + index % 3, index / 3)
            set(a, b, isDark)
            set(b, a, isDark)
        }
    }

    private mutating func set(_ x: Int, _ y: Int, _ isDark: Bool) {
        dark[y * size + x] = isDark
        isFunction[y * size + x] = true
    }

    // MARK: - Data

    /// Two columns at a time from the right, up and down in turn, past the timing column.
    private mutating func drawCodewords(_ codewords: [UInt8]) {
        var index = 0
        var right = size - 1
        while right >= 1 {
            if right == 6 { right = 5 }
            for step in 0..<size {
                let isUpward = (right + 1) & 2 == 0
                let y = isUpward ? size - 1 - step : step
                for x in [right, right - 1] where !isFunction[y * size + x] {
                    guard index < codewords.count * 8 else { continue }
                    dark[y * size + x] = codewords[index >> 3] >> (7 - UInt8(index & 7)) & 1 == 1
                    index += 1
                }
            }
            right -= 2
        }
    }

    private mutating func chooseMask() {
        var best: (mask: Int, penalty: Int)?
        for mask in 0..<8 {
            apply(mask)
            drawFormat(mask: mask)
            let penalty = penalty
            if penalty < best?.penalty ?? Int.max { best = (mask, penalty) }
            apply(mask)
        }
        let mask = best?.mask ?? 0
        apply(mask)
        drawFormat(mask: mask)
    }

    private mutating func apply(_ mask: Int) {
        for y in 0..<size {
            for x in 0..<size where !isFunction[y * size + x] {
                let inverts =
                    switch mask {
                    case 0: (x + y) % 2 == 0
                    case 1: y % 2 == 0
                    case 2: x % 3 == 0
                    case 3: (x + y) % 3 == 0
                    case 4: (x / 3 + y / 2) % 2 == 0
                    case 5: x * y % 2 + x * y % 3 == 0
                    case 6: (x * y % 2 + x * y % 3) % 2 == 0
                    default: ((x + y) % 2 + x * y % 3) % 2 == 0
                    }
                if inverts { dark[y * size + x].toggle() }
            }
        }
    }

    /// What makes a code hard to read (section 7.8.3): runs, blocks, finder look-alikes, imbalance.
    private var penalty: Int {
        var penalty = 0
        for line in 0..<size {
            penalty += linePenalty((0..<size).map { self[$0, line] })
            penalty += linePenalty((0..<size).map { self[line, $0] })
        }
        for y in 0..<size - 1 {
            for x in 0..<size - 1 {
                let first = self[x, y]
                if self[x + 1, y] == first, self[x, y + 1] == first, self[x + 1, y + 1] == first {
                    penalty += 3
                }
            }
        }
        let count = dark.count { $0 }
        return penalty + abs(count * 20 - dark.count * 10) / dark.count * 10
    }

    private func linePenalty(_ line: [Bool]) -> Int {
        let looksLikeFinder: [Bool] = [
            true, false, true, true, true, false, true, false, false, false, false,
        ]
        var penalty = 0
        var run = 0
        for index in line.indices {
            run = index > 0 && line[index] == line[index - 1] ? run + 1 : 1
            if run == 5 { penalty += 3 } else if run > 5 { penalty += 1 }
            guard index + 11 <= line.count else { continue }
            let window = line[index..<index + 11]
            if window.elementsEqual(looksLikeFinder)
                || window.elementsEqual(looksLikeFinder.reversed())
            {
                penalty += 40
            }
        }
        return penalty
    }
}
