import PolicyEngine
import Service

/// Shows what each role may do in which relation to a thing.
enum PolicyMatrixCommand {
    static let command = Command(
        name: "policy matrix",
        summary: """
            shows what each role may do, elevated or not, in which relation to the thing

            A cell says `yes`, `code` for an elevated session only, `plain` for one that is not
            elevated only, or `-`. A relation has a row where it changes something.
            """,
        usage: "policy matrix [--format text|csv|html] [--action NAME] [--policies DIR]",
        run: run
    )

    private static func run(_ arguments: Arguments) throws {
        try arguments.allow(["policies", "format", "action"])
        let formats = ["text": text, "csv": csv, "html": html]
        guard let format = formats[arguments.options["format"] ?? "text"] else {
            throw UsageError(message: "`--format` takes text, csv or html")
        }
        let folder = try PolicyCommands.folder(arguments)
        let action = arguments.options["action"]
        let matrix = try PolicyMatrix(
            of: folder.authorizer,
            in: try folder.vocabulary,
            stepUp: "elevated",
            actions: { action == nil || $0 == action }
        )
        guard !matrix.rows.isEmpty else {
            throw UsageError(message: "there is no action `\(action ?? "")`")
        }
        for line in format(matrix) { CommandLineProgram.print(line) }
    }

    private static func word(_ cell: PolicyMatrix.Cell) -> String {
        switch (cell.plain.decision, cell.elevated.decision) {
        case (.allow, .allow): "yes"
        case (.deny, .allow): "code"
        case (.allow, .deny): "plain"
        case (.deny, .deny): "-"
        }
    }

    private static func head(_ matrix: PolicyMatrix) -> [String] {
        ["action", "on", "when"] + matrix.roles
    }

    private static func cells(_ row: PolicyMatrix.Row) -> [String] {
        [row.action, row.resourceType, row.relation] + row.cells.map(word)
    }

    // MARK: - Formats

    private static func text(_ matrix: PolicyMatrix) -> [String] {
        let rows = matrix.rows.map(cells)
        let head = head(matrix)
        let widths = head.indices.map { column in
            ([head] + rows).map { $0[column].count }.max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            let padded = zip(cells, widths).map { text, width in
                text + String(repeating: " ", count: width - text.count)
            }
            let line = padded.joined(separator: "  ")
            return String(line[...(line.lastIndex { $0 != " " } ?? line.startIndex)])
        }
        var lines = [line(head)]
        for (number, row) in rows.enumerated() {
            // The action and the type stand once, at the top of their rows.
            let isFirst = number == 0 || rows[number - 1][..<2] != row[..<2]
            lines.append(line(isFirst ? row : ["", ""] + row[2...]))
        }
        lines.append("")
        lines.append("code: with the authenticator's code only; plain: without it only; -: never")
        if !matrix.nothingWhen.isEmpty {
            lines.append("nothing at all when: \(matrix.nothingWhen.joined(separator: "; "))")
        }
        return lines
    }

    private static func csv(_ matrix: PolicyMatrix) -> [String] {
        func field(_ text: String) -> String {
            guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
            let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
            return "\"\(parts.joined(separator: "\"\""))\""
        }
        var lines = ["action,resource,relation,role,elevated,decision,policies"]
        for row in matrix.rows {
            for (role, cell) in zip(matrix.roles, row.cells) {
                for (elevated, answer) in [("false", cell.plain), ("true", cell.elevated)] {
                    let fields = [
                        row.action, row.resourceType, row.relation, role, elevated,
                        answer.decision.rawValue, answer.policies.joined(separator: " "),
                    ]
                    lines.append(fields.map(field).joined(separator: ","))
                }
            }
        }
        return lines
    }

    private static func html(_ matrix: PolicyMatrix) -> [String] {
        func escaped(_ text: String) -> String {
            var out = ""
            for character in text {
                switch character {
                case "&": out += "&amp;"
                case "<": out += "&lt;"
                case ">": out += "&gt;"
                case "\"": out += "&quot;"
                default: out.append(character)
                }
            }
            return out
        }
        func cell(_ cell: PolicyMatrix.Cell) -> String {
            let policies = [("", cell.plain), ("elevated: ", cell.elevated)]
                .filter { !$0.1.policies.isEmpty }
                .map { $0.0 + $0.1.policies.joined(separator: ", ") }
            let title = escaped(policies.joined(separator: "; "))
            let word = word(cell)
            return "<td class=\"\(word == "-" ? "no" : word)\" title=\"\(title)\">\(word)</td>"
        }
        var lines = [
            "<!DOCTYPE html>", "<html lang=\"en\">", "<head>", "<meta charset=\"utf-8\">",
            "<title>Who may do what</title>", "<style>",
            "body { font: 14px/1.4 sans-serif; } table { border-collapse: collapse; }",
            "th, td { border: 1px solid #999; padding: 2px 8px; text-align: left; }",
            "thead th { position: sticky; top: 0; background: #eee; }",
            ".yes { background: #cfc; } .code, .plain { background: #ffc; }", "</style>", "</head>",
            "<body>", "<h1>Who may do what</h1>",
            "<p>code: with the authenticator's code only; plain: without it only; -: never.</p>",
        ]
        if !matrix.nothingWhen.isEmpty {
            let conditions = escaped(matrix.nothingWhen.joined(separator: "; "))
            lines.append("<p>Nothing at all when: \(conditions).</p>")
        }
        let head = head(matrix).map { "<th scope=\"col\">\(escaped($0))</th>" }
        lines += ["<table>", "<thead><tr>\(head.joined())</tr></thead>", "<tbody>"]
        for row in matrix.rows {
            let names = [row.action, row.resourceType, row.relation]
                .map { "<th scope=\"row\">\(escaped($0))</th>" }
            lines.append("<tr>\(names.joined())\(row.cells.map(cell).joined())</tr>")
        }
        return lines + ["</tbody>", "</table>", "</body>", "</html>"]
    }
}
