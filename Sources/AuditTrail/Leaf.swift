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
        func commitment(_ field: StaticString, _ value: String) -> String {
            let digest = Commitments.commitment(to: value, field: field, key: key)
            return Base64.standard.encode(digest.bytes)
        }
        var writer = JSONWriter(capacity: 1_024)
        // Members in the order of their names, as RFC 8785, section 3.2.3 asks.
        writer.object { writer in
            writer.field("action", entry.action)
            writer.field("actor", commitment("actor", entry.actor.description))
            writer.field("address", commitment("address", entry.address))
            writer.field("at", entry.at.rfc3339)
            writer.field("decision", entry.decision.rawValue)
            writer.field("elevated", entry.elevated)
            writer.field("index", index)
            writer.key("policies")
            writer.strings(entry.policies)
            writer.field("policySet", entry.policySet)
            writer.field("reason", entry.reason.map { commitment("reason", $0) })
            writer.field("requestId", commitment("requestId", entry.requestID))
            writer.field("resource", commitment("resource", entry.resource))
            writer.field("session", entry.session.map { commitment("session", $0.description) })
            writer.field("subjects", commitment("subjects", lines(entry.subjects)))
        }
        return writer.bytes
    }

    static func lines(_ values: [String]) -> String {
        values.reduce(into: "") { $0 += $1 + "\n" }
    }
}
