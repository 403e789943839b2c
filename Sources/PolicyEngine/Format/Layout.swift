/// A text with the places where it may break into lines (after Wadler, "A prettier printer", 2003).
indirect enum Layout {
    case text(String)
    /// A comment: beside what stands before it, or on lines of its own. The line ends with it.
    case comment(String, isBeside: Bool)
    case space
    /// A space, or a line break in a group that does not fit.
    case line
    /// A line break in any case.
    case hardLine
    case sequence([Layout])
    /// On one line if it fits and nothing within forces it apart.
    case group(Layout, mustBreak: Bool)
    /// With lines indented by some more columns.
    case indented(Int, Layout)
    /// With lines indented to the column where it begins.
    case aligned(Layout)
}

/// Writes a layout in lines of a width.
struct LayoutWriter {
    private let width: Int
    private(set) var text = ""
    private var column = 0
    /// A comment ended the line: what follows begins a new one.
    private var endsLine = false
    /// Written before the next text only, so that no line ends with a space.
    private var hasSpace = false

    private struct Piece {
        let layout: Layout
        let indent: Int
        let isFlat: Bool
    }

    init(width: Int) {
        self.width = width
    }

    /// Complexity: O(text × width), without recursion.
    mutating func write(_ layout: Layout) {
        var stack = [Piece(layout: layout, indent: 0, isFlat: false)]
        while let piece = stack.popLast() {
            func push(_ layout: Layout, indent: Int? = nil, isFlat: Bool? = nil) {
                stack.append(
                    Piece(
                        layout: layout,
                        indent: indent ?? piece.indent,
                        isFlat: isFlat ?? piece.isFlat
                    )
                )
            }
            switch piece.layout {
            case .text(let text): append(text, indent: piece.indent)
            case .comment(let text, let isBeside):
                if !isBeside, column > 0 { endsLine = true }
                if isBeside { hasSpace = true }
                append(text, indent: piece.indent)
                endsLine = true
            case .space: hasSpace = true
            case .line:
                if piece.isFlat { hasSpace = true } else { endsLine = true }
            case .hardLine: endsLine = true
            case .sequence(let parts): for part in parts.reversed() { push(part) }
            case .indented(let columns, let inner): push(inner, indent: piece.indent + columns)
            case .aligned(let inner):
                let start = endsLine ? piece.indent : column + (hasSpace ? 1 : 0)
                push(inner, indent: start)
            case .group(let inner, let mustBreak):
                let isFlat = piece.isFlat || !mustBreak && fits(inner, before: stack, piece.indent)
                push(inner, isFlat: isFlat)
            }
        }
    }

    /// An empty line, unless one is there.
    mutating func separate() {
        guard !text.isEmpty, !text.hasSuffix("\n\n") else { return }
        text += column > 0 ? "\n\n" : "\n"
        column = 0
        endsLine = false
        hasSpace = false
    }

    private mutating func append(_ added: String, indent: Int) {
        if endsLine, column > 0 {
            text += "\n"
            column = 0
        }
        if column == 0 {
            text += String(repeating: " ", count: indent)
            column = indent
        } else if hasSpace {
            text += " "
            column += 1
        }
        endsLine = false
        hasSpace = false
        text += added
        column = LayoutWriter.column(after: added, from: column)
    }

    /// Whether the layout, and what is bound to its end without a break, fits in the line.
    private func fits(_ layout: Layout, before rest: [Piece], _ indent: Int) -> Bool {
        var left = width - (endsLine ? indent : column + (hasSpace ? 1 : 0))
        var stack = [Piece(layout: layout, indent: 0, isFlat: true)]
        var rest = rest
        while left >= 0 {
            guard let piece = stack.popLast() ?? rest.popLast() else { return true }
            func push(_ layout: Layout) {
                stack.append(Piece(layout: layout, indent: 0, isFlat: piece.isFlat))
            }
            switch piece.layout {
            case .text(let text): left -= text.unicodeScalars.count
            // What a comment makes of its line is not counted: it cannot be broken.
            case .comment: return true
            case .space: left -= 1
            case .line:
                guard piece.isFlat else { return true }
                left -= 1
            case .hardLine: return true
            case .sequence(let parts): for part in parts.reversed() { push(part) }
            case .group(let inner, let mustBreak):
                if mustBreak, piece.isFlat { return false }
                push(inner)
            case .indented(_, let inner), .aligned(let inner): push(inner)
            }
        }
        return false
    }

    private static func column(after text: String, from column: Int) -> Int {
        // Only a string literal or nothing has a line break within.
        guard let last = text.utf8.lastIndex(of: 0x0A) else {
            return column + text.unicodeScalars.count
        }
        return text[last...].unicodeScalars.count - 1
    }
}
