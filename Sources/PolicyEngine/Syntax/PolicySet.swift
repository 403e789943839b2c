/// Policies and templates under distinct ids: an immutable value.
public struct PolicySet: Sendable {
    /// The policies, links of templates among them, in the order they were given.
    public let policies: [Policy]

    /// The templates, which decide nothing by themselves.
    public let templates: [Policy]

    /// A set without policies: it denies everything.
    public init() {
        policies = []
        templates = []
    }

    /// Reads policies and templates from named texts, such as files.
    ///
    /// A policy's id is its `@id`; without one, `policy` and its number over all texts, from 0. An
    /// error names the text, line and column and what was expected there; an id given twice is one.
    public init(parsing sources: [(name: String, text: String)]) throws(PolicyError) {
        try self.init(parsing: sources.map { (name: $0.name, bytes: Array($0.text.utf8)) })
    }

    /// Reads policies and templates from named files, whose bytes have to be UTF-8.
    public init(parsing files: [(name: String, bytes: [UInt8])]) throws(PolicyError) {
        var all: [Policy] = []
        for file in files {
            var parser = try PolicyParser(SourceText(name: file.name, bytes: file.bytes))
            all += try parser.policies(firstNumber: all.count)
        }
        try self.init(all)
    }

    init(_ all: [Policy]) throws(PolicyError) {
        var seen: Set<[UInt8]> = []
        for policy in all where !seen.insert(Array(policy.id.utf8)).inserted {
            throw PolicyError("the policy id `\(policy.id)` is given twice", at: policy.location)
        }
        policies = all.filter { !$0.isTemplate }
        templates = all.filter(\.isTemplate)
    }

    /// The set with one more policy, made from a template by filling exactly the slots it has.
    public func linking(
        template id: String,
        as newID: String,
        principal: EntityUID? = nil,
        resource: EntityUID? = nil
    ) throws(PolicyError) -> PolicySet {
        guard let template = templates.first(where: { $0.id.isIdentical(to: id) }) else {
            throw PolicyError("there is no template `\(id)`")
        }
        let link = try template.link(as: newID, principal: principal, resource: resource)
        return try PolicySet(policies + templates + [link])
    }
}
