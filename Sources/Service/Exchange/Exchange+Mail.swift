import Authentication
import Mail
import PolicyEngine
import SQLite

/// Mails that an act causes: rows written with it, sent after it.
extension Exchange {
    /// Mails a person the link to their first password.
    mutating func invite(_ member: StaffMember) throws {
        let token = try identified {
            try school.identity.tokens.invite(member.id, at: occasion)
        }
        guard let token else { throw Problem(.conflict, "this account cannot be invited") }
        try mail(
            member,
            subject: Exchange.invitationSubject(at: school.name),
            body: """
                Hello \(member.name),

                you have an account for logging concerns at \(school.name).
                Choose your password here, within \(lifetime(of: token)):

                \(school.settings.publicURL)/#reset=\(token.text)

                If you did not expect this, tell the school office. Do not pass this mail on.

                """
        )
    }

    /// The one subject with the school's name in it: what may be a name depends on it.
    static func invitationSubject(at school: String) -> String { "Your account at \(school)" }

    /// Mails the link that somebody asked for, if an account has the address as it was typed.
    ///
    /// It goes to the address of the account, never to the one in the request (CVE-2023-7028).
    mutating func mailLink(to email: String) throws {
        // One that cannot be sent must not end one that was shown.
        guard school.settings.mail != nil else { return }
        let token = try school.identity.tokens.request(email: email, at: occasion)
        guard let token else { return }
        try mail(
            token.member,
            subject: "Choose a new password",
            body: """
                Hello \(token.member.name),

                somebody asked for a new password for your account at \(school.name).
                Choose it here, within \(lifetime(of: token)):

                \(school.settings.publicURL)/#reset=\(token.text)

                If it was not you, do nothing: your password stays as it is. Do not pass this mail on.

                """
        )
    }

    private func lifetime(of token: MailedToken) -> String {
        let minutes = max(1, (token.expiresAt - now).components.seconds / 60)
        let days = minutes / 1_440
        return days > 1 ? "\(days) days" : "\(minutes) minutes"
    }

    /// Tells a person what happened to their account.
    mutating func notify(_ account: Identifier, _ notices: [Notice]) throws {
        guard !notices.isEmpty, let member = try school.identity.accounts.find(account, on: db)
        else { return }
        for notice in notices {
            try mail(
                member,
                subject: "A notice about your account",
                body: """
                    Hello \(member.name),

                    \(notice.sentence)

                    If this was not you, tell the school office at once.

                    """
            )
        }
    }

    /// Tells those who hear of changes to who can elevate that somebody has an authenticator now.
    mutating func notifyGuardians(of account: Identifier) throws {
        guard let enrolled = names.staff[account] else { return }
        for member in try accountNoticeReceivers() where member.id != account {
            try mail(
                member,
                subject: "An authenticator was enrolled",
                body: """
                    Hello \(member.name),

                    \(enrolled.name) has enrolled an authenticator.

                    If this should not be, suspend the account.

                    """
            )
        }
    }

    /// Mails a person.
    mutating func mail(_ member: StaffMember, subject: String, body: String) throws {
        try mail(to: member.email, subject: subject, body: body)
    }

    /// Mails an address of the school's.
    mutating func mail(to email: EmailAddress, subject: String, body: String) throws {
        try school.enqueue(subject: subject, body: body, to: email, at: now, on: db)
        let school = school
        afterCommit.append { school.mailIsWaiting() }
    }
}

extension Notice {
    /// What happened, in a sentence.
    fileprivate var sentence: String {
        switch self {
        case .newDevice: "You have signed in on a device that was not used before."
        case .signInAfterFailures(let count):
            "You have signed in after \(count) wrong passwords in a row."
        case .codeAfterFailures(let count):
            "A code of your authenticator was accepted after \(count) wrong ones in a row."
        case .passwordChanged: "Your password was set."
        case .authenticatorEnrolled: "Your authenticator is active."
        case .recoveryCodeUsed(let left): "A recovery code was used; \(left) are left."
        case .recoveryCodesReplaced:
            "You have ten new recovery codes; the old ones are no longer valid."
        case .authenticatorDisabled: "Your authenticator is disabled until it is reset."
        case .authenticatorReset: "Your authenticator was reset."
        }
    }
}
