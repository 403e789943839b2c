/// The base words of well-known passwords, folded by `LetterFolding`.
enum WellKnownWords {
    /// Whether folded letters are a base word.
    static func contains(_ letters: ArraySlice<Unicode.Scalar>) -> Bool {
        folded.contains(String(String.UnicodeScalarView(letters)))
    }

    private static let folded: Set<String> = Set(
        words.split(separator: " ").map { FoldedPassword.letters(of: String($0)) }
    )

    private static let words = """
        password passw pass letmein welcome admin administrator login monkey dragon master sunshine \
        princess football liverpool chelsea arsenal everton charlie summer winter autumn spring \
        secret shadow superman batman iloveyou trustno hello freedom whatever qwerty qwertyuiop \
        asdfgh zxcvbn teacher school pupil changeme default guest test tester testing computer
        """
}
