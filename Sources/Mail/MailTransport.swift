import Glibc
public import SQLite

/// A mail with the addresses that carry it, ready to leave.
public struct Envelope: Sendable, Equatable {
    /// Where answers about its delivery go.
    public let sender: MailAddress
    /// Whom it is for.
    public let recipient: MailAddress
    /// The rendered mail.
    public let content: [UInt8]

    /// Puts a mail into its envelope.
    public init(_ message: Message) {
        sender = message.from
        recipient = message.to
        content = message.rendered
    }

    /// Reads what `octets` gave.
    init(octets: [UInt8]) throws(MailError) {
        let parts = octets.split(
            separator: UInt8(ascii: "\n"),
            maxSplits: 2,
            omittingEmptySubsequences: false
        )
        guard parts.count == 3 else { throw .corrupt }
        sender = try MailAddress(String(decoding: parts[0], as: UTF8.self))
        recipient = try MailAddress(String(decoding: parts[1], as: UTF8.self))
        content = Array(parts[2])
    }

    /// Both addresses and the mail in one; an address holds no line feed.
    var octets: [UInt8] { Array("\(sender)\n\(recipient)\n".utf8) + content }
}

/// The way by which mails leave.
public enum MailTransport: Sendable, Equatable {
    /// Into a folder, as `.eml` files.
    case directory(String)
    /// By SMTP.
    case smtp(SMTPRelay)

    /// What carries some mails, one after another, on one thread.
    ///
    /// `trace` hears what is said to a relay and what it answers, without passwords and texts.
    public func carrier(trace: ((String) -> Void)? = nil) -> Carrier {
        switch self {
        case .directory(let path):
            let folder = MailDirectory(path: path)
            return Carrier(
                deliver: { (envelope, id) throws(MailError) in
                    try folder.write(envelope.content, name: id.description)
                },
                finish: {}
            )
        case .smtp(let relay):
            let client = SMTPClient(relay, trace: trace)
            return Carrier(
                deliver: { (envelope, _) throws(MailError) in try client.deliver(envelope) },
                finish: { client.finish() }
            )
        }
    }

    /// Looks for mistakes that would keep every mail waiting, without sending anything.
    ///
    /// - Throws: `MailError.unavailable`, which names the file that is wrong.
    public func check() throws(MailError) {
        if case .smtp(let relay) = self { try relay.check() }
    }
}

/// Carries the mails of one round.
public struct Carrier {
    /// Hands a mail over; when this returns, it is the other side's.
    ///
    /// The identifier names the mail, so that handing it over twice leaves one file.
    public var deliver: (Envelope, Identifier) throws(MailError) -> Void
    /// Ends the round.
    public var finish: () -> Void

    /// The two ways to use it.
    public init(
        deliver: @escaping (Envelope, Identifier) throws(MailError) -> Void,
        finish: @escaping () -> Void
    ) {
        self.deliver = deliver
        self.finish = finish
    }
}

/// A folder that takes mails as files; a reader of it never sees half of one.
struct MailDirectory {
    let path: String

    /// Writes `NAME.eml` under another name, makes it durable and renames it.
    func write(_ octets: [UInt8], name: String) throws(MailError) {
        let (draft, final) = ("\(path)/.\(name).part", "\(path)/\(name).eml")
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("open") }
        var isWritten = writeAll(octets, to: file)
        if fsync(file) != 0 { isWritten = false }
        if close(file) != 0 { isWritten = false }
        guard isWritten, rename(draft, final) == 0 else {
            let error = failure("write")
            unlink(draft)
            throw error
        }
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure("open") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure("sync") }
    }

    private func writeAll(_ octets: [UInt8], to file: Int32) -> Bool {
        octets.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = Glibc.write(
                    file,
                    buffer.baseAddress?.advanced(by: done),
                    buffer.count - done
                )
                if count < 0 {
                    if errno == EINTR { continue }
                    return false
                }
                done += count
            }
            return true
        }
    }

    private func failure(_ call: String) -> MailError {
        .unavailable("cannot \(call) in the mail folder: \(String(cString: strerror(errno)))")
    }
}
