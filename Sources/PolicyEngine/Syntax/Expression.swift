/// An expression of a policy's conditions and where it begins in the text.
struct Expression: Sendable {
    let node: Node
    /// The byte offset in the policy's source text.
    let offset: Int
    /// The longest way down to a leaf, which bounds every recursion over the tree.
    let height: Int

    init(_ node: Node, at offset: Int) {
        self.node = node
        self.offset = offset
        height = 1 + node.childHeight
    }

    indirect enum Node: Sendable {
        case literal(Value)
        case variable(Variable)
        /// Two operands or more; chains of one operator are flat, so that they cost no depth.
        case and([Expression])
        case or([Expression])
        case not(Expression)
        case negate(Expression)
        case comparison(Comparison, Expression, Expression)
        case arithmetic(Arithmetic, Expression, Expression)
        case isIn(Expression, Expression)
        case isType(Expression, String)
        /// A path of one name or more: `e has a.b` asks for `e has a && e.a has b`.
        case has(Expression, [String])
        case attribute(Expression, String)
        case like(Expression, Pattern)
        case conditional(Expression, then: Expression, else: Expression)
        case set([Expression])
        case record([(name: String, value: Expression)])
        /// A function, or a method with its receiver as the first argument.
        case call(Function, [Expression])

        fileprivate var childHeight: Int {
            switch self {
            case .literal, .variable: 0
            case .and(let list), .or(let list), .set(let list), .call(_, let list):
                list.reduce(0) { max($0, $1.height) }
            case .not(let one), .negate(let one), .isType(let one, _), .attribute(let one, _),
                .like(let one, _):
                one.height
            case .has(let one, let path): one.height + path.count - 1
            case .comparison(_, let left, let right), .arithmetic(_, let left, let right),
                .isIn(let left, let right):
                max(left.height, right.height)
            case .conditional(let condition, let positive, let negative):
                max(condition.height, positive.height, negative.height)
            case .record(let fields): fields.reduce(0) { max($0, $1.value.height) }
            }
        }
    }
}

/// The four names every condition knows.
enum Variable: String, Sendable {
    case principal, action, resource, context
}

/// Comparing operators by their signs.
enum Comparison: String, Sendable {
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
}

/// Arithmetic operators by their signs.
enum Arithmetic: String, Sendable {
    case plus = "+"
    case minus = "-"
    case times = "*"
}

/// Functions and methods by their names in the language.
enum Function: String, Sendable, CaseIterable {
    case contains, containsAll, containsAny, isEmpty, hasTag, getTag
    case decimal, ip, datetime, duration
    case lessThan, lessThanOrEqual, greaterThan, greaterThanOrEqual
    case isIpv4, isIpv6, isLoopback, isMulticast, isInRange
    case offset, durationSince, toDate, toTime
    case toMilliseconds, toSeconds, toMinutes, toHours, toDays

    /// Whether it is written `f(x)`; the others are methods, `x.f()`.
    var isConstructor: Bool {
        switch self {
        case .decimal, .ip, .datetime, .duration: true
        default: false
        }
    }

    /// Whether the language's core has it: a wrong number of arguments is then a syntax error, not
    /// one of evaluation.
    var isCore: Bool {
        switch self {
        case .contains, .containsAll, .containsAny, .isEmpty, .hasTag, .getTag: true
        default: false
        }
    }

    /// Arguments, the receiver among them.
    var arity: Int {
        switch self {
        case .contains, .containsAll, .containsAny, .hasTag, .getTag, .lessThan, .lessThanOrEqual,
            .greaterThan, .greaterThanOrEqual, .isInRange, .offset, .durationSince:
            2
        default: 1
        }
    }
}

/// What `like` matches against: scalars and wildcards.
struct Pattern: Hashable, Sendable {
    enum Element: Hashable, Sendable {
        case scalar(Unicode.Scalar)
        case wildcard
    }

    let elements: [Element]

    /// Whether the whole text matches, scalar by scalar.
    ///
    /// Complexity: O(text × pattern), without recursion.
    func matches(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        var at = scalars.startIndex
        var element = 0
        // Where to go on when the newest wildcard has to take one scalar more.
        var retry: (element: Int, at: String.Index)?
        while at < scalars.endIndex {
            if element < elements.count, elements[element] == .wildcard {
                element += 1
                retry = (element, at)
            } else if element < elements.count, elements[element] == .scalar(scalars[at]) {
                element += 1
                at = scalars.index(after: at)
            } else if let last = retry {
                at = scalars.index(after: last.at)
                element = last.element
                retry = (last.element, at)
            } else {
                return false
            }
        }
        return elements[element...].allSatisfy { $0 == .wildcard }
    }

    /// The pattern as a literal.
    var quoted: String {
        var out = String.UnicodeScalarView()
        for element in elements {
            switch element {
            case .wildcard: out.append("*")
            case .scalar("*"): out.append(contentsOf: "\\*".unicodeScalars)
            case .scalar(let scalar):
                // By scalars: a combining mark makes one character with the quote before it.
                let literal = String(Character(scalar)).quoted.unicodeScalars
                out.append(contentsOf: literal.dropFirst().dropLast())
            }
        }
        return "\"\(String(out))\""
    }
}
