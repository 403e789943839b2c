import Authentication
import Crypto
import SQLite

/// Prints the present code of an authenticator, for trying things out without a phone.
enum TOTPCommand {
    static let command = Command(
        name: "totp",
        summary: "prints the present code of an authenticator secret in base 32",
        usage: "totp SECRET",
        run: run
    )

    private static func run(_ arguments: Arguments) throws {
        try arguments.allow([], rest: 1)
        let text = arguments.rest[0].uppercased().filter { $0 != "=" && $0 != " " }
        guard let seed = try? Base32.decode(text), !seed.isEmpty else {
            throw UsageError(message: "the secret is not base 32")
        }
        let totp = TOTP(seed: Secret(seed))
        CommandLineProgram.print(totp.code(step: TOTP.step(at: .systemNow())))
    }
}
