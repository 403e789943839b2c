/// Somebody who wants to do something to a thing, told in words:
/// `dsl elevated may viewIncident when restricted, not author`.
///
/// What is not said is as it is as a rule: nobody has to do with the thing, nothing is the case but
/// what the vocabulary has as normal, sets of names are full, and what may be absent is absent.
public struct Situation: Sendable, CustomStringConvertible {
    let vocabulary: Vocabulary
    let frame: Vocabulary.Frame
    var roles: [EntityUID] = []
    var conditions: [Condition] = []

    /// Something that is the case.
    struct Condition: Hashable, CustomStringConvertible {
        let word: String
        /// From `context`, `principal` or `resource` down to the attribute.
        let path: [String]
        let setting: Setting

        /// The condition in words that read back to it.
        var description: String {
            switch setting {
            case .holds(true): word
            case .holds(false): "not \(word)"
            case .text(let text): "\(word) \(Condition.isWord(text) ? text : text.quoted)"
            case .without(let uid): "\(word) without \(uid.id)"
            case .isIn(let uid): "in \(uid.type) \(uid.id.quoted)"
            }
        }

        /// Whether it holds of how the person asks, and so is told before `may`.
        var isOfSession: Bool {
            path.first == "context" && path.count > 2 && setting == .holds(true)
        }

        private static func isWord(_ text: String) -> Bool {
            !text.isEmpty
                && text.utf8.allSatisfy { byte in
                    Lexer.isIdentifierStart(byte) || Lexer.isDigit(byte)
                        || byte == UInt8(ascii: "-")
                }
        }
    }

    /// What an attribute is set to.
    enum Setting: Hashable {
        /// A boolean; or whether the person who asks is the one or among those whom the attribute
        /// names.
        case holds(Bool)
        /// A string.
        case text(String)
        /// All entities of an enumerated type but this one.
        case without(EntityUID)
        /// No attribute: what the thing is in.
        case isIn(EntityUID)
    }

    /// The action.
    public var action: EntityUID { frame.action.uid }

    /// The type of the thing.
    public var resourceType: String { frame.resource.name }

    /// The situation in words that read back to it.
    public var description: String {
        let people = roles.isEmpty ? "anybody" : roles.map(\.id).joined(separator: " and ")
        let session = conditions.filter(\.isOfSession).map { " \($0)" }.joined()
        let thing = frame.action.resources.count > 1 ? " on \(resourceType)" : ""
        let rest = conditions.filter { !$0.isOfSession }.map(\.description)
        return "\(people)\(session) may \(action.id)\(thing)"
            + (rest.isEmpty ? "" : " when \(rest.joined(separator: ", "))")
    }

    /// The same where a condition holds; nil when the action knows no such condition.
    public func adding(_ word: String) -> Situation? {
        guard let meaning = vocabulary.meaning(of: word, frame) else { return nil }
        return adding(Condition(word: word, path: meaning.path, setting: .holds(true)))
    }

    /// The same with something more that is the case.
    func adding(_ condition: Condition) -> Situation {
        var other = self
        other.conditions.append(condition)
        return other
    }
}
