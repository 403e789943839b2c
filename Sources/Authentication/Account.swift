public import SQLite

/// Where a person stands with the school.
public enum AccountState: String, Sendable, Hashable, CaseIterable {
    /// Created; has no password yet.
    case invited
    /// Can sign in.
    case active
    /// Cannot sign in for now.
    case suspended
    /// Gone for good: authorship stays, the account is never revived.
    case left
}

/// A person with an account, as the directory shows them.
public struct StaffMember: Sendable, Hashable {
    /// The account's id.
    public let id: Identifier
    /// The school address, which is the user name; of one who left, the last one.
    public let email: EmailAddress
    /// The full name.
    public let name: String
    /// What they do; may be empty.
    public let jobTitle: String
    /// Names of roles, in alphabetical order.
    public let roles: [String]
    /// Whether they can sign in.
    public let state: AccountState
    /// Whether a governor is the chair.
    public let chair: Bool
    /// When the account was created.
    public let createdAt: Timestamp
    /// Whether they have an authenticator.
    public let authenticator: AuthenticatorState
}

/// What a new account is made from; its initialiser has checked each value.
public struct NewAccount: Sendable, Hashable {
    /// The school address.
    public let email: EmailAddress
    /// The full name.
    public let name: String
    /// What they do; may be empty.
    public let jobTitle: String
    /// Names of roles, without repetition, in alphabetical order.
    public let roles: [String]
    /// Whether a governor is the chair.
    public let chair: Bool

    /// Checks the values as a form gives them; whether each role exists is for the caller.
    ///
    /// - Throws: `AuthenticationError.invalid` with every fault.
    public init(
        email: String,
        name: String,
        jobTitle: String = "",
        roles: [String],
        chair: Bool = false
    ) throws(AuthenticationError) {
        var faults: [FieldFault] = []
        let address = FieldRules.email(email, &faults)
        FieldRules.check(name: name, &faults)
        FieldRules.check(jobTitle: jobTitle, &faults)
        FieldRules.check(roles: roles, &faults)
        guard let address, faults.isEmpty else { throw .invalid(faults) }
        self.email = address
        self.name = name
        self.jobTitle = jobTitle
        self.roles = roles.sorted()
        self.chair = chair
    }
}

/// What changes of an account; `nil` leaves a value as it is.
public struct AccountChange: Sendable, Hashable {
    /// The new address.
    public private(set) var email: EmailAddress?
    /// The new name.
    public let name: String?
    /// The new job title.
    public let jobTitle: String?
    /// All roles from now on, in alphabetical order.
    public private(set) var roles: [String]?
    /// The new state.
    public let state: AccountState?
    /// Whether a governor is the chair.
    public let chair: Bool?

    /// Checks the values as a form gives them.
    ///
    /// - Throws: `AuthenticationError.invalid` with every fault.
    public init(
        email: String? = nil,
        name: String? = nil,
        jobTitle: String? = nil,
        roles: [String]? = nil,
        state: AccountState? = nil,
        chair: Bool? = nil
    ) throws(AuthenticationError) {
        var faults: [FieldFault] = []
        self.email = email.flatMap { FieldRules.email($0, &faults) }
        if let name { FieldRules.check(name: name, &faults) }
        if let jobTitle { FieldRules.check(jobTitle: jobTitle, &faults) }
        if let roles { FieldRules.check(roles: roles, &faults) }
        if !faults.isEmpty { throw .invalid(faults) }
        self.name = name
        self.jobTitle = jobTitle
        self.roles = roles?.sorted()
        self.state = state
        self.chair = chair
    }

    /// The change without what waits for a second person.
    ///
    /// Where all the new roles wait, the present ones stay: nobody is left without any because they are
    /// to have more.
    public func withholding(roles withheld: [String], email isWithheld: Bool) -> AccountChange {
        var rest = self
        if isWithheld { rest.email = nil }
        let others = roles?.filter { !withheld.contains($0) }
        rest.roles = others?.isEmpty == true ? nil : others
        return rest
    }
}

/// The rules of the fields of an account.
package enum FieldRules {
    static func email(_ text: String, _ faults: inout [FieldFault]) -> EmailAddress? {
        let address = EmailAddress(text)
        if address == nil {
            faults.append(
                FieldFault(field: "email", message: "must be a plain email address, in ASCII")
            )
        }
        return address
    }

    static func check(name: String, _ faults: inout [FieldFault]) {
        if let fault = line(name, Limits.nameCharacters, mayBeEmpty: false) {
            faults.append(FieldFault(field: "name", message: fault))
        }
    }

    static func check(jobTitle: String, _ faults: inout [FieldFault]) {
        if let fault = line(jobTitle, Limits.jobTitleCharacters, mayBeEmpty: true) {
            faults.append(FieldFault(field: "jobTitle", message: fault))
        }
    }

    static func check(roles: [String], _ faults: inout [FieldFault]) {
        let areNames = roles.allSatisfy { role in
            (1...Limits.roleBytes).contains(role.utf8.count)
                && role.utf8.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                        || byte == UInt8(ascii: "_")
                }
        }
        guard (1...Limits.roles).contains(roles.count), Set(roles).count == roles.count, areNames
        else {
            let message = "must be 1 to \(Limits.roles) different names of roles"
            return faults.append(FieldFault(field: "roles", message: message))
        }
    }

    /// What is wrong with a text of one line; `nil` when nothing is.
    package static func line(_ text: String, _ limit: Int, mayBeEmpty: Bool) -> String? {
        let scalars = text.unicodeScalars
        if scalars.isEmpty { return mayBeEmpty ? nil : "must not be empty" }
        if scalars.count > limit { return "must have \(limit) characters at the most" }
        if !text.isPlainLine { return "must be one line without control characters" }
        let isSpace = { (scalar: Unicode.Scalar?) in scalar?.properties.isWhitespace == true }
        return isSpace(scalars.first) || isSpace(scalars.last)
            ? "must not begin or end with a space" : nil
    }
}
