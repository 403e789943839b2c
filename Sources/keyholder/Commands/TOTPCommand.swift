import Authentication
import Crypto
import Glibc
import SQLite

/// Prints the present code of an authenticator, for trying things out without a phone.
enum TOTPCommand {
    static let command = Command(
        name: "totp",
        summary: """
            prints the present code of an authenticator secret in base 32; with --qr, after a \
            drawing by which an authenticator app takes the secret in, under that address
            """,
        usage: "totp SECRET [--qr EMAIL]",
        run: run
    )

    /// Bright white on black, whatever the colours of the terminal are: only so is it read.
    private static let lightOnDark = (start: "\u{1B}[97;40m", end: "\u{1B}[0m")

    private static func run(_ arguments: Arguments) throws {
        try arguments.allow(["qr"], rest: 1)
        let text = arguments.rest[0].uppercased().filter { $0 != "=" && $0 != " " }
        guard let seed = try? Base32.decode(text), !seed.isEmpty else {
            throw UsageError(message: "the secret is not base 32")
        }
        let totp = TOTP(seed: Secret(seed))
        if let address = arguments.options["qr"] {
            guard let account = EmailAddress(address) else {
                throw UsageError(message: "`\(address)` is not an email address")
            }
            try draw(totp.uri(issuer: "Keyholder", account: account))
        }
        CommandLineProgram.print(totp.code(step: TOTP.step(at: .systemNow())))
    }

    private static func draw(_ uri: String) throws {
        guard let code = QRCode(encoding: uri) else {
            throw UsageError(message: "the secret is too long to be drawn")
        }
        let isTerminal = isatty(STDOUT_FILENO) == 1
        for line in code.blocks {
            CommandLineProgram.print(
                isTerminal ? lightOnDark.start + line + lightOnDark.end : line
            )
        }
    }
}
