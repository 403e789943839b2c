/// What is wrong with a setting or a rule, and where it stands.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line that names the key, and the range where there is one.
    public let description: String

    init(_ description: String) { self.description = description }
}
