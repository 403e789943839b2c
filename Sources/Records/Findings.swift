import SQLite

/// What is found wrong with an input while it is checked to its end.
struct Findings {
    private(set) var errors: [FieldError] = []

    mutating func add(_ field: String, _ message: String) {
        errors.append(FieldError(field: field, message: message))
    }

    /// Ends a check: throws what was found.
    func finish() throws(RecordsError) {
        if !errors.isEmpty { throw .invalid(errors) }
    }

    /// A text that must be there: neither blank nor longer than `limit` code points.
    mutating func text(_ field: String, _ text: String?, limit: Int) -> String {
        guard let text else {
            add(field, "is required")
            return ""
        }
        if text.unicodeScalars.allSatisfy(\.properties.isWhitespace) {
            add(field, "must not be blank")
        }
        checkLength(field, text, limit: limit)
        return text
    }

    /// A text that may be absent.
    mutating func optionalText(_ field: String, _ text: String?, limit: Int) -> String? {
        text.map { self.text(field, $0, limit: limit) }
    }

    /// A text of one line that must be there.
    mutating func line(_ field: String, _ text: String?, limit: Int) -> String {
        if text?.isPlainLine == false {
            add(field, "must be one line without control characters")
        }
        return self.text(field, text, limit: limit)
    }

    private mutating func checkLength(_ field: String, _ text: String, limit: Int) {
        // A text has no more code points than bytes: most need no counting.
        guard text.utf8.count > limit else { return }
        let count = text.unicodeScalars.count
        if count > limit { add(field, "has \(count) characters; the limit is \(limit)") }
    }

    /// The time something happened: there, not in the future, not before 1900.
    mutating func occurredAt(_ moment: Timestamp?, now: Timestamp) -> Timestamp {
        guard let moment else {
            add("occurredAt", "is required")
            return now
        }
        let first = Timestamp.days(fromYear: Limits.firstYear, month: 1, day: 1)
        if moment > now + Limits.clockSkew {
            add("occurredAt", "must not be in the future")
        } else if moment.milliseconds < Int64(first) * 86_400_000 {
            add("occurredAt", "must not be before \(Limits.firstYear)")
        }
        return moment
    }

    /// The ids of a list: each known, none twice, `limit` at the most.
    ///
    /// `complaint` says what is wrong with an id, `nil` when nothing is. A text that is no
    /// identifier is complained of as one that nobody has: `unknown`.
    mutating func ids(
        _ field: String,
        _ texts: [String],
        limit: Int,
        unknown: String,
        complaint: (Identifier) throws -> String?
    ) rethrows -> [Identifier] {
        if texts.count > limit {
            add(field, "has \(texts.count) entries; the limit is \(limit)")
            // Checking what is refused anyway would be work on a stranger's order.
            return []
        }
        var ids: [Identifier] = []
        for (index, text) in texts.enumerated() {
            let place = "\(field)[\(index)]"
            guard let id = Identifier(text) else {
                add(place, unknown)
                continue
            }
            if ids.contains(id) {
                add(place, "is there twice")
            } else if let message = try complaint(id) {
                add(place, message)
            }
            ids.append(id)
        }
        return ids
    }
}
