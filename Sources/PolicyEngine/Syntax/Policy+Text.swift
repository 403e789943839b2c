extension Policy: CustomStringConvertible {
    /// The policy as Cedar text, which reads back to the same policy; comments are not kept.
    public var description: String {
        text(isNumbered: template == nil && annotation("id") == nil)
    }

    /// The text; with its id in it, unless the policy is named by its number there.
    func text(isNumbered: Bool) -> String {
        var notes = annotations
        if !isNumbered {
            // The annotations of a link are its template's, the id among them.
            let own = Annotation(name: "id", value: id)
            if let place = notes.firstIndex(where: { $0.name == "id" }) {
                notes[place] = own
            } else {
                notes.insert(own, at: 0)
            }
        }
        var lines = notes.map { note in
            note.value.isEmpty ? "@\(note.name)" : "@\(note.name)(\(note.value.quoted))"
        }
        lines.append("\(effect.rawValue) (")
        lines.append("    \(Policy.text(of: principal, "principal")),")
        lines.append("    \(actionText),")
        lines.append("    \(Policy.text(of: resource, "resource"))")
        lines.append(")")
        for condition in conditions {
            lines.append("\(condition.isWhen ? "when" : "unless") { \(condition.body) }")
        }
        return lines.joined(separator: "\n") + ";"
    }

    private var actionText: String {
        switch action {
        case .any: "action"
        case .equal(let uid): "action == \(uid)"
        case .isIn(let uid): "action in \(uid)"
        case .isInAny(let uids):
            "action in [\(uids.map(\.description).joined(separator: ", "))]"
        }
    }

    private static func text(of scope: Scope, _ variable: String) -> String {
        func text(_ reference: Reference) -> String {
            switch reference {
            case .entity(let uid): uid.description
            case .slot: "?\(variable)"
            }
        }
        return switch scope {
        case .any: variable
        case .equal(let reference): "\(variable) == \(text(reference))"
        case .isIn(let reference): "\(variable) in \(text(reference))"
        case .isType(let type): "\(variable) is \(type)"
        case .isTypeIn(let type, let reference): "\(variable) is \(type) in \(text(reference))"
        }
    }
}

extension PolicySet: CustomStringConvertible {
    /// All policies and templates as Cedar text, links as the policies they became.
    ///
    /// It reads back to the same policies under the same ids.
    public var description: String {
        (policies + templates).enumerated().map { number, policy in
            let isNumbered = policy.annotation("id") == nil && policy.id == "policy\(number)"
            return policy.text(isNumbered: isNumbered)
        }.joined(separator: "\n\n")
    }
}
