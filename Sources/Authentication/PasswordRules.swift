/// The rules for one person's new password; every broken one is named.
struct PasswordRules {
    let rules: AuthenticationRules
    let holder: PasswordHolder
    let elevatable: Bool

    /// The fewest code points that the person's password has.
    static func minLength(elevatable: Bool, _ rules: AuthenticationRules) -> Int {
        elevatable
            ? max(rules.password.minLength, rules.password.elevatableMinLength)
            : rules.password.minLength
    }

    /// Every rule that a password breaks, those that need its hash aside.
    func broken(by password: Password) -> [BrokenRule] {
        password.withText { text in
            var broken: [BrokenRule] = []
            let least = PasswordRules.minLength(elevatable: elevatable, rules)
            if password.codePoints < least { broken.append(.tooShort(least)) }
            if rules.profile == .school { broken += missingClasses(text) }
            let folded = FoldedPassword(text)
            if contains(folded, nameParts) { broken.append(.containsName) }
            if contains(folded, emailParts) { broken.append(.containsEmail) }
            if contains(folded, schoolParts) { broken.append(.containsSchool) }
            if WellKnownPasswords.isVariation(text) { broken.append(.wellKnown) }
            return broken
        }
    }

    private func missingClasses(_ text: String) -> [BrokenRule] {
        var broken: [BrokenRule] = []
        let properties = text.unicodeScalars.map(\.properties)
        if !properties.contains(where: \.isLowercase) { broken.append(.noLowerCase) }
        if !properties.contains(where: \.isUppercase) { broken.append(.noUpperCase) }
        if !properties.contains(where: { $0.numericType == .decimal }) { broken.append(.noDigit) }
        let isSymbol = { (scalar: Unicode.Scalar.Properties) in
            !scalar.isAlphabetic && scalar.numericType == nil
        }
        if !properties.contains(where: isSymbol) { broken.append(.noSymbol) }
        return broken
    }

    private func contains(_ password: FoldedPassword, _ parts: [String]) -> Bool {
        parts.contains { password.contains($0) }
    }

    /// Given name, surname and their like, and all of them together; two letters would be in every
    /// other word.
    private var nameParts: [String] {
        let words = words(holder.name)
        return (words + [words.joined()]).filter { $0.unicodeScalars.count >= 3 }
    }

    private var emailParts: [String] {
        let local = String(holder.email.localPart)
        // The school's own name in its domain; "school" and "sch" stand in too many.
        let domain = holder.email.text.dropFirst(local.utf8.count + 1).split(separator: ".").first
        let whole = words(holder.email.text).joined()
        var parts = [whole] + words(local).filter { $0.utf8.count >= 4 }
        if local.utf8.count >= 3 { parts.append(local) }
        return parts
            + words(String(domain ?? "")).filter {
                $0.utf8.count >= 6 && !PasswordRules.schoolWords.contains($0)
            }
    }

    /// The name without the words that every school has, each stretch of two words or more of it,
    /// and what is long enough to stand for it alone.
    private var schoolParts: [String] {
        let distinctive = words(rules.schoolName)
            .filter { !PasswordRules.schoolWords.contains($0.lowercased()) }
        var parts: [String] = []
        for start in distinctive.indices {
            for end in start..<distinctive.count {
                let isAlone = start == end
                if isAlone, distinctive.count > 1, distinctive[start].utf8.count < 6 { continue }
                parts.append(distinctive[start...end].joined())
            }
        }
        return (parts + [words(rules.schoolTown).joined()]).filter { $0.unicodeScalars.count >= 3 }
    }

    private func words(_ text: String) -> [String] {
        text.unicodeScalars
            // "St Mary's" is typed as one word, "stmarys".
            .filter { $0 != "'" && $0 != "’" }
            .split { !$0.properties.isAlphabetic && $0.properties.numericType == nil }
            .map { String(String.UnicodeScalarView($0)) }
    }

    private static let schoolWords: Set<String> = [
        "the", "of", "and", "for", "school", "academy", "college", "primary", "secondary", "infant",
        "infants", "junior", "juniors", "nursery", "church", "england", "catholic", "community",
        "independent", "special", "high", "grammar", "trust", "federation", "ce", "rc", "c", "e",
    ]
}
