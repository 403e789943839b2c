import HTTPServer
import PolicyEngine
import SQLite

/// Where commands reach the service that holds the data folder: there is never a second writer.
final class OperatorDesk: Sendable {
    /// The socket's name in the data folder.
    private static let name = "operator"

    private let socket: LocalSocket

    /// Opens the desk of a school, on a thread of its own.
    init(school: School) throws {
        let folder = school.paths.data
        let socket = try LocalSocket(folder: folder, name: OperatorDesk.name)
        self.socket = socket
        startThread {
            socket.serve { question, user in
                OperatorDesk.answer(question, of: user, school).json
            }
        }
    }

    /// Takes no more questions.
    func close() { socket.stop() }

    /// Asks the service that holds a folder; `nil` when none listens there.
    static func ask(_ question: OperatorQuestion, in folder: String) throws -> OperatorAnswer? {
        let bytes: [UInt8]?
        do throws(HTTPServerError) {
            bytes = try LocalSocket.ask(folder: folder, name: name, question.json)
        } catch .unanswered(let time) {
            throw ServiceError.operation(
                "the service has not answered within \(time), and may yet do what was asked"
            )
        }
        guard let bytes else { return nil }
        guard let answer = OperatorAnswer(try JSON(parsing: bytes)) else {
            throw ServiceError.operation("the service gave an answer that this program cannot read")
        }
        if case .failed(let reason) = answer { throw ServiceError.operation(reason) }
        return answer
    }

    private static func answer(
        _ bytes: [UInt8],
        of user: UInt32,
        _ school: School
    ) -> OperatorAnswer {
        do {
            guard let question = OperatorQuestion(try JSON(parsing: bytes)) else {
                return .failed("the service does not know this command")
            }
            switch question {
            case .recover(let order):
                return .recovered(try school.recover(order, operatorUID: user))
            }
        } catch {
            // A user of the machine who may read the keys may read what went wrong.
            return .failed(String(describing: error))
        }
    }
}

/// What a command asks of the service.
enum OperatorQuestion: Sendable {
    /// To replace a key holder's authenticator.
    case recover(KeyHolderRecovery.Order)

    /// Reads what `json` wrote; `nil` for anything else.
    init?(_ json: JSON) {
        guard let fields = json.strings, fields["command"] == "recover",
            Set(fields.keys).isSubset(of: ["command", "email", "chairCode", "althoughActive"])
        else { return nil }
        self = .recover(
            KeyHolderRecovery.Order(
                email: fields["email"],
                chairCode: fields["chairCode"],
                althoughActive: fields["althoughActive"] != nil
            )
        )
    }

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { json in
            switch self {
            case .recover(let order):
                json.field("command", "recover")
                if let email = order.email { json.field("email", email) }
                if let code = order.chairCode { json.field("chairCode", code) }
                if order.althoughActive { json.field("althoughActive", "yes") }
            }
        }
        return writer.bytes
    }
}

/// What the service answers a command.
enum OperatorAnswer: Sendable {
    /// What came of a recovery.
    case recovered(KeyHolderRecovery.Outcome)
    /// It could not be done.
    case failed(String)

    /// Reads what `json` wrote; `nil` for anything else.
    init?(_ json: JSON) {
        guard let fields = json.strings, fields.count == 1, let field = fields.first else {
            return nil
        }
        switch field.key {
        case "readyAt":
            guard let time = Timestamp(rfc3339: field.value) else { return nil }
            self = .recovered(.begun(readyAt: time))
        case "enrolmentCode": self = .recovered(.finished(enrolmentCode: field.value))
        case "refused": self = .recovered(.refused(field.value))
        case "failed": self = .failed(field.value)
        default: return nil
        }
    }

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { json in
            switch self {
            case .recovered(.begun(let readyAt)): json.field("readyAt", readyAt.rfc3339)
            case .recovered(.finished(let code)): json.field("enrolmentCode", code)
            case .recovered(.refused(let reason)): json.field("refused", reason)
            case .failed(let reason): json.field("failed", reason)
            }
        }
        return writer.bytes
    }
}

extension JSON {
    /// The members of an object whose values are all strings.
    fileprivate var strings: [String: String]? {
        guard case .object(let members) = self else { return nil }
        var strings: [String: String] = [:]
        for member in members {
            guard case .string(let text) = member.value else { return nil }
            strings[member.key] = text
        }
        return strings
    }
}
