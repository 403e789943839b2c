extension Policy: CustomStringConvertible {
    /// The policy as Cedar text, which reads back to the same policy; comments are not kept.
    public var description: String {
        var lines = annotations.map { annotation in
            annotation.value.isEmpty
                ? "@\(annotation.name)" : "@\(annotation.name)(\(annotation.value.quoted))"
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
    public var description: String {
        (policies + templates).map(\.description).joined(separator: "\n\n")
    }
}
