/// A rule that a new password breaks.
public enum BrokenRule: Sendable, Hashable {
    /// Fewer code points than these.
    case tooShort(Int)
    /// No lower-case letter.
    case noLowerCase
    /// No upper-case letter.
    case noUpperCase
    /// No digit.
    case noDigit
    /// Nothing but letters and digits.
    case noSymbol
    /// Contains a part of the person's name.
    case containsName
    /// Contains the person's address or the part before the `@`.
    case containsEmail
    /// Contains the school's name or town.
    case containsSchool
    /// A well-known password, or one with the usual substitutions and decorations.
    case wellKnown
    /// Found in the list of passwords that leaked elsewhere.
    case breached
    /// One of the person's last passwords, as many as these.
    case reused(Int)

    /// Every rule that a new password is held to, for a form to show beforehand.
    public static func inForce(under rules: AuthenticationRules) -> [BrokenRule] {
        let classes: [BrokenRule] =
            rules.profile == .school ? [.noLowerCase, .noUpperCase, .noDigit, .noSymbol] : []
        var all: [BrokenRule] = [.tooShort(rules.password.minLength)] + classes
        all += [.containsName, .containsEmail, .containsSchool, .wellKnown]
        if rules.password.breached != nil { all.append(.breached) }
        if rules.password.history > 0 { all.append(.reused(rules.password.history)) }
        return all
    }

    /// The rule in words, for the person who chose the password.
    public var message: String {
        switch self {
        case .tooShort(let length): "must have \(length) characters or more"
        case .noLowerCase: "must have a lower-case letter"
        case .noUpperCase: "must have an upper-case letter"
        case .noDigit: "must have a digit"
        case .noSymbol: "must have a symbol"
        case .containsName: "must not contain your name"
        case .containsEmail: "must not contain your email address"
        case .containsSchool: "must not contain the name or town of the school"
        case .wellKnown: "must not be a well-known password or a variation of one"
        case .breached: "must not be a password that is known to have leaked"
        case .reused(let count): "must not be one of your last \(count) passwords"
        }
    }
}
