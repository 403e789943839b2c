// Compiled together with the sources of `PolicyEngine` by `policy.sh`, outside the package: libFuzzer
// brings its own main.

/// One input: its first byte says which parser reads the rest.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    guard let first = bytes.first else { return 0 }
    let input = Array(bytes.dropFirst())
    // The letters of the seeds below; what no longer begins with one is a policy.
    switch first {
    case UInt8(ascii: "s"):
        fuzzSchema { () throws(PolicyError) in
            try Schema(parsing: input, name: "fuzz")
        }
    case UInt8(ascii: "S"):
        fuzzSchema { () throws(PolicyError) in
            try Schema(parsingJSON: input, name: "fuzz")
        }
    case UInt8(ascii: "e"): fuzzEntities(input)
    case UInt8(ascii: "j"): fuzzPolicyJSON(input)
    default: fuzzPolicies(input)
    }
    return 0
}

private let schema = known { () throws(PolicyError) in
    try Schema(
        parsing: """
            type Deep = { a?: { b: Long, "c d": Set<String> } };
            entity Group in [Group]; entity Kind enum ["x", "y"];
            entity User in [Group] { name: String, age?: Long, deep: Deep, kind: Kind } tags Long;
            namespace N { entity Doc in [Doc] { owner: User, ip: ipaddr, at: datetime, cost: decimal }; }
            action all; action view in [all] appliesTo
                { principal: User, resource: N::Doc, context: { span: duration, users: Set<User> } };
            """,
        name: "schema"
    )
}

private let policies = known { () throws(PolicyError) in
    try PolicySet(parsing: [
        (
            name: "policies",
            text: """
            permit (principal is User, action == Action::"view", resource in N::Doc::"a")
            when { principal has deep.a.b && principal.deep.a.b + 1 < principal.getTag("t") }
            unless { context.users.contains(resource.owner) || resource.ip.isLoopback() };
            forbid (principal in ?principal, action, resource is N::Doc)
            when { resource.at.offset(context.span) > resource.at || principal.name like "a*" };
            """
        )
    ])
}

private func known<T>(_ make: () throws(PolicyError) -> T) -> T {
    do throws(PolicyError) {
        return try make()
    } catch {
        preconditionFailure("\(error)")
    }
}

/// What a text is read as; nil when it is refused, which every error does with a message.
private func read<T>(_ make: () throws(PolicyError) -> T) -> T? {
    do throws(PolicyError) {
        return try make()
    } catch {
        precondition(!error.excerpt.isEmpty)
        return nil
    }
}

private func fuzzPolicies(_ input: [UInt8]) {
    let set = read { () throws(PolicyError) in
        try PolicySet(parsing: [(name: "fuzz", bytes: input)])
    }
    guard let set else { return }
    use(set)
    let once = known { () throws(PolicyError) in try PolicySet.format(input, name: "fuzz") }
    let twice = known { () throws(PolicyError) in
        try PolicySet.format(Array(once.utf8), name: "formatted")
    }
    precondition(once.utf8.elementsEqual(twice.utf8))
    let formatted = known { () throws(PolicyError) in
        try PolicySet(parsing: [(name: "formatted", text: once)])
    }
    precondition(formatted.json == set.json)
}

private func fuzzPolicyJSON(_ input: [UInt8]) {
    let set = read { () throws(PolicyError) in
        try PolicySet(parsingJSON: input, name: "fuzz")
    }
    if let set { use(set) }
}

/// What holds of every set that was read: it prints and comes back, it is checked, it decides.
private func use(_ set: PolicySet) {
    let printed = known { () throws(PolicyError) in
        try PolicySet(parsing: [(name: "printed", text: set.description)])
    }
    precondition(printed.policies.map(\.id) == set.policies.map(\.id))
    if let again = read({ () throws(PolicyError) in
        try PolicySet(parsingJSON: set.json, name: "again")
    }) {
        precondition(again.json == set.json)
    } else {
        // Only the nesting of the JSON may be too deep.
        precondition(set.json.count > 1_000)
    }
    for mode in ValidationMode.allCases { _ = Validator(schema).validate(set, mode: mode) }
    let request = Request(
        principal: EntityUID(type: "User", id: "u"),
        action: EntityUID(type: "Action", id: "view"),
        resource: EntityUID(type: "N::Doc", id: "a"),
        context: ["span": .duration(milliseconds: 1), "users": .set([])]
    )
    let authorizer = Authorizer(policies: set, identifier: "")
    let response = authorizer.isAuthorized(request, entities)
    let other = Authorizer(policies: printed, identifier: "").isAuthorized(request, entities)
    precondition(response.decision == other.decision && response.reasons == other.reasons)
}

private let entities = known { () throws(PolicyError) in
    try Entities([
        Entity(
            uid: EntityUID(type: "User", id: "u"),
            parents: [EntityUID(type: "Group", id: "g")],
            attributes: ["name": .string("a"), "deep": .record(["a": .record(["b": .long(1)])])],
            tags: ["t": .long(3)]
        ),
        Entity(
            uid: EntityUID(type: "N::Doc", id: "a"),
            attributes: [
                "owner": .entity(EntityUID(type: "User", id: "u")),
                "at": .datetime(milliseconds: 0),
            ]
        ),
    ])
}

private func fuzzSchema(_ make: () throws(PolicyError) -> Schema) {
    guard let schema = read(make) else { return }
    for mode in ValidationMode.allCases { _ = Validator(schema).validate(policies, mode: mode) }
    for entity in entities.all { _ = read { () throws(PolicyError) in try schema.check(entity) } }
}

private func fuzzEntities(_ input: [UInt8]) {
    for schema in [nil, schema] {
        _ = read { () throws(PolicyError) in
            try Entities(parsing: input, name: "fuzz", schema: schema)
        }
    }
}
