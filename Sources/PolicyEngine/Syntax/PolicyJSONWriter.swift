/// Writes policies in Cedar's JSON form (Cedar's documentation, "JSON policy format").
struct PolicyJSONWriter: ~Copyable {
    var out = JSONWriter(capacity: 4_096)

    mutating func write(_ set: PolicySet) {
        out.open(UInt8(ascii: "{"))
        member("staticPolicies", set.policies.filter { $0.template == nil })
        member("templates", set.templates)
        out.key("templateLinks")
        out.open(UInt8(ascii: "["))
        let templates = Dictionary(set.templates.map { (Array($0.id.utf8), $0) }) { one, _ in one }
        for policy in set.policies {
            // A link is only ever made from a template of its own set.
            guard let id = policy.template, let template = templates[Array(id.utf8)] else {
                continue
            }
            link(policy, to: template)
        }
        out.close(UInt8(ascii: "]"))
        out.close(UInt8(ascii: "}"))
    }

    private mutating func member(_ name: StaticString, _ policies: [Policy]) {
        out.key(name)
        out.open(UInt8(ascii: "{"))
        for policy in policies {
            out.key(escaping: policy.id)
            write(policy)
        }
        out.close(UInt8(ascii: "}"))
    }

    private mutating func link(_ policy: Policy, to template: Policy) {
        out.object { out in
            out.field("templateId", template.id)
            out.field("newId", policy.id)
            out.key("values")
            out.object { out in
                let slots = [
                    ("?principal", template.principal, policy.principal),
                    ("?resource", template.resource, policy.resource),
                ]
                for (slot, scope, filled) in slots where scope.hasSlot {
                    guard case .entity(let uid)? = filled.reference else { continue }
                    out.key(escaping: slot)
                    out.uid(uid)
                }
            }
        }
    }

    mutating func write(_ policy: Policy) {
        out.open(UInt8(ascii: "{"))
        out.field("effect", policy.effect.rawValue)
        out.key("principal")
        scope(policy.principal, slot: "?principal")
        out.key("action")
        scope(policy.action)
        out.key("resource")
        scope(policy.resource, slot: "?resource")
        out.key("conditions")
        out.open(UInt8(ascii: "["))
        for condition in policy.conditions {
            out.open(UInt8(ascii: "{"))
            out.field("kind", condition.isWhen ? "when" : "unless")
            out.key("body")
            write(condition.body)
            out.close(UInt8(ascii: "}"))
        }
        out.close(UInt8(ascii: "]"))
        if !policy.annotations.isEmpty {
            out.key("annotations")
            out.object { out in
                for annotation in policy.annotations {
                    out.key(escaping: annotation.name)
                    if annotation.value.isEmpty {
                        out.null()
                    } else {
                        out.string(annotation.value)
                    }
                }
            }
        }
        out.close(UInt8(ascii: "}"))
    }

    // MARK: Heads

    private mutating func scope(_ scope: Policy.Scope, slot: String) {
        func reference(_ reference: Policy.Reference, _ out: inout JSONWriter) {
            switch reference {
            case .slot: out.field("slot", slot)
            case .entity(let uid):
                out.key("entity")
                out.uid(uid)
            }
        }
        out.object { out in
            switch scope {
            case .any: out.field("op", "All")
            case .equal(let target):
                out.field("op", "==")
                reference(target, &out)
            case .isIn(let target):
                out.field("op", "in")
                reference(target, &out)
            case .isType(let type):
                out.field("op", "is")
                out.field("entity_type", type)
            case .isTypeIn(let type, let target):
                out.field("op", "is")
                out.field("entity_type", type)
                out.key("in")
                out.object { out in reference(target, &out) }
            }
        }
    }

    private mutating func scope(_ scope: Policy.ActionScope) {
        out.object { out in
            switch scope {
            case .any: out.field("op", "All")
            case .equal(let uid):
                out.field("op", "==")
                out.key("entity")
                out.uid(uid)
            case .isIn(let uid):
                out.field("op", "in")
                out.key("entity")
                out.uid(uid)
            // The reference has no list of one either.
            case .isInAny(let uids) where uids.count == 1:
                out.field("op", "in")
                out.key("entity")
                out.uid(uids[0])
            case .isInAny(let uids):
                out.field("op", "in")
                out.key("entities")
                out.array { out in
                    for uid in uids { out.uid(uid) }
                }
            }
        }
    }
}

extension JSONWriter {
    /// `{"type": …, "id": …}`.
    mutating func uid(_ uid: EntityUID) {
        object { out in
            out.field("type", uid.type)
            out.field("id", uid.id)
        }
    }
}

extension Policy.Scope {
    /// What the scope refers to, if it names an entity or has a slot.
    var reference: Policy.Reference? {
        switch self {
        case .any, .isType: nil
        case .equal(let reference), .isIn(let reference), .isTypeIn(_, let reference): reference
        }
    }
}

extension PolicySet {
    /// The set in Cedar's JSON form: static policies and templates by id, and the links of templates.
    ///
    /// `init(parsingJSON:name:)` reads it back to the same policies.
    public var json: [UInt8] {
        var writer = PolicyJSONWriter()
        writer.write(self)
        return writer.out.bytes
    }
}

extension Policy {
    /// The policy or template in Cedar's JSON form; a link as the policy it became.
    public var json: [UInt8] {
        var writer = PolicyJSONWriter()
        writer.write(self)
        return writer.out.bytes
    }
}
