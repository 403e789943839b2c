public import Crypto
import PolicyEngine
import SQLite

/// What the tree says of an entry: its public values in clear, the others as commitments.
public enum Leaf {
    /// The canonical JSON (RFC 8785) of the entry at `index`, whose commitments `key` opens.
    ///
    /// An absent session or reason is `null`; the subjects are committed to as one text, each
    /// followed by a newline.
    public static func text(of entry: Entry, at index: Int, key: Digest) -> [UInt8] {
        var writer = JSONWriter(capacity: 1_024)
        // Members in the order of their names, as RFC 8785, section 3.2.3 asks.
        writer.object { writer in
            writer.field("action", entry.action)
            writer.commitment("actor", entry.actor.description, key)
            writer.commitment("address", entry.address, key)
            writer.field("at", entry.at.rfc3339)
            // Absent where it would say nothing, so that the leaves of before stay what they were.
            if let count = entry.count { writer.field("count", count) }
            writer.field("decision", entry.decision.rawValue)
            writer.field("elevated", entry.elevated)
            writer.field("index", index)
            writer.key("policies")
            writer.strings(entry.policies)
            writer.field("policySet", entry.policySet)
            writer.commitment("reason", entry.reason, key)
            writer.commitment("requestId", entry.requestID, key)
            writer.commitment("resource", entry.resource, key)
            writer.commitment("session", entry.session?.description, key)
            writer.commitment("subjects", lines(entry.subjects), key)
        }
        return writer.bytes
    }

    static func lines(_ values: [String]) -> String {
        values.reduce(into: "") { lines, value in
            lines += value
            lines += "\n"
        }
    }
}

extension JSONWriter {
    /// Writes a member that is a commitment to a value, or `null` without one.
    fileprivate mutating func commitment(_ field: StaticString, _ value: String?, _ key: Digest) {
        self.key(field)
        guard let value else { return null() }
        let digest = Commitments.commitment(to: value, field: field, key: key)
        string(width: Base64.standard.width(of: Digest.count)) { text in
            digest.withBytes { Base64.standard.write($0, into: text) }
        }
    }
}
