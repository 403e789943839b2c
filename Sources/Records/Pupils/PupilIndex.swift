public import SQLite

/// The pupils by name, for the type-ahead of those who log a concern.
///
/// A value: whoever owns it keeps it with what has been committed.
public struct PupilIndex: Sendable {
    /// A pupil found by a search.
    public struct Match: Sendable {
        /// The pupil.
        public let pupil: Pupil
        /// What tells it from others of that name, as in "born 3 May; twin Noel in 5B"; `nil`
        /// where nobody on the roll shares its name, or its surname and form.
        public let distinguish: String?
        /// Whom that mentions.
        public let mentioned: [Identifier]
    }

    private struct SurnameInForm: Hashable {
        let surname: String
        let form: String
    }

    private var names: NameIndex<Pupil>
    /// How many on the roll bear a name, folded.
    private var sameName: [[String]: Int] = [:]
    private var sameSurnameInForm: [SurnameInForm: Int] = [:]

    /// An index of all pupils, those who have left too.
    public init(_ pupils: [Pupil]) {
        names = NameIndex(pupils, name: \.name)
        for pupil in pupils { count(pupil, by: 1) }
    }

    /// Every pupil, in no order.
    public var pupils: [Pupil] { names.items }

    /// The pupil with an id, if there is one.
    public subscript(id: Identifier) -> Pupil? { names[id] }

    /// Puts in a pupil, new or changed; its siblings become siblings of it.
    public mutating func update(_ pupil: Pupil) {
        replace(pupil)
        for sibling in pupil.siblings {
            guard let other = names[sibling], !other.siblings.contains(pupil.id) else { continue }
            replace(other.adding(sibling: pupil.id))
        }
    }

    /// At most `limit` pupils of that name: those on the roll first, then in order of name.
    public func search(_ query: NameQuery, limit: Int = 10) -> [Match] {
        let found = names.matches(query)
        let ordered = found.filter(\.isOnRoll) + found.filter { !$0.isOnRoll }
        return ordered.prefix(limit).map(match)
    }

    private mutating func replace(_ pupil: Pupil) {
        if let old = names[pupil.id] { count(old, by: -1) }
        names.update(pupil)
        count(pupil, by: 1)
    }

    private mutating func count(_ pupil: Pupil, by step: Int) {
        guard pupil.isOnRoll else { return }
        let words = NameFolding.words(of: pupil.name)
        sameName[words, default: 0] += step
        if let place = surnameInForm(of: pupil, words) {
            sameSurnameInForm[place, default: 0] += step
        }
    }

    private func surnameInForm(of pupil: Pupil, _ words: [String]) -> SurnameInForm? {
        guard let surname = words.last, let form = pupil.form else { return nil }
        return SurnameInForm(surname: surname, form: NameFolding.fold(form))
    }

    private func match(_ pupil: Pupil) -> Match {
        guard isAmbiguous(pupil) else {
            return Match(pupil: pupil, distinguish: nil, mentioned: [])
        }
        let siblings = pupil.siblings.compactMap { names[$0] }.filter(\.isOnRoll)
            .sorted { $0.name < $1.name }
        let facts =
            ["born \(pupil.dateOfBirth.dayAndMonth)"]
            + siblings.map { kinship(of: $0, to: pupil) }
        return Match(
            pupil: pupil,
            distinguish: facts.joined(separator: "; "),
            mentioned: siblings.map(\.id)
        )
    }

    /// Whether somebody else on the roll shares its name, or its surname and form.
    private func isAmbiguous(_ pupil: Pupil) -> Bool {
        guard pupil.isOnRoll else { return false }
        let words = NameFolding.words(of: pupil.name)
        let sharesForm = surnameInForm(of: pupil, words).map { sameSurnameInForm[$0, default: 0] }
        return sameName[words, default: 0] > 1 || (sharesForm ?? 0) > 1
    }

    private func kinship(of sibling: Pupil, to pupil: Pupil) -> String {
        let word = sibling.dateOfBirth == pupil.dateOfBirth ? "twin" : "sibling"
        return "\(word) \(sibling.firstName) in \(sibling.form ?? "year \(sibling.yearGroup)")"
    }
}

extension Pupil {
    fileprivate func adding(sibling: Identifier) -> Pupil {
        Pupil(
            id: id,
            name: name,
            dateOfBirth: dateOfBirth,
            yearGroup: yearGroup,
            form: form,
            upn: upn,
            isOnRoll: isOnRoll,
            siblings: siblings + [sibling]
        )
    }
}
