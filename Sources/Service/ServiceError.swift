/// Why the service cannot start or a command cannot be done.
public enum ServiceError: Error, CustomStringConvertible {
    /// The policies folder does not do.
    case policies(String)
    /// The data or keys folder does not do.
    case folder(String)
    /// Another process holds the data folder.
    case held(String)
    /// A setting does not do.
    case setting(String)
    /// What was asked for on the machine is refused.
    case operation(String)

    /// What is wrong; about policies each with its place, and the line of the text below.
    public var description: String {
        switch self {
        case .policies(let message), .folder(let message), .held(let message),
            .setting(let message), .operation(let message):
            message
        }
    }
}
