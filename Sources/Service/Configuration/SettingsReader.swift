import PolicyEngine

/// Reads named values out of layers of settings, and knows which keys nobody asked for.
///
/// The first layer that has a key gives its value; a value that is wrong there is an error, never
/// a reason to look further.
struct SettingsReader {
    /// A source of values.
    struct Layer {
        /// What the source is called in front of a key: `flag --`, `environment `, `rules.json: `.
        let name: String
        let values: [String: Content]
        /// Whether a key that nobody asks for is an error.
        let isClosed: Bool
        /// How the source spells the key of a setting.
        var spelling: (String) -> String = { $0 }
    }

    enum Content {
        /// As typed on a command line or in a variable.
        case text(String)
        case json(JSON)
    }

    /// A setting as it was found, for a person who wonders where it came from.
    struct Found {
        let key: String
        let value: String
        let source: String
    }

    private let layers: [Layer]
    private(set) var found: [Found] = []

    init(_ layers: [Layer]) { self.layers = layers }

    /// The leaves of a JSON object as one layer; arrays are leaves, objects are not.
    static func layer(_ name: String, parsing bytes: [UInt8]) throws(ConfigurationError) -> Layer {
        let document: JSON
        do {
            document = try JSON(parsing: bytes)
        } catch {
            throw ConfigurationError("\(name): \(error)")
        }
        guard case .object = document else {
            throw ConfigurationError("\(name): expected an object, not \(document.kind)")
        }
        var values: [String: Content] = [:]
        func collect(_ value: JSON, at path: String) {
            if case .object(let members) = value, path.isEmpty || !members.isEmpty {
                for member in members {
                    collect(
                        member.value,
                        at: path.isEmpty ? member.key : "\(path).\(member.key)"
                    )
                }
            } else {
                values[path] = .json(value)
            }
        }
        collect(document, at: "")
        return Layer(name: "\(name): ", values: values, isClosed: true)
    }

    /// Ends the reading.
    ///
    /// - Throws: where a layer holds a key that was never asked for.
    func finish() throws(ConfigurationError) {
        for layer in layers where layer.isClosed {
            let known = Set(found.map { layer.spelling($0.key) })
            let strange = layer.values.keys.sorted().first { !known.contains($0) }
            if let strange { throw ConfigurationError("\(layer.name)unknown key `\(strange)`") }
        }
    }

    /// Replaces `value` by what the layers say of `key`, if they say anything.
    ///
    /// `read` answers `nil` for what is not `expected`; `print` shows the value in force.
    mutating func read<T>(
        _ value: inout T,
        _ key: String,
        expected: String,
        print: (T) -> String,
        read: (Content) -> T?
    ) throws(ConfigurationError) {
        var source = "default"
        for layer in layers {
            let spelling = layer.spelling(key)
            guard let content = layer.values[spelling] else { continue }
            guard let result = read(content) else {
                throw ConfigurationError("\(layer.name)`\(spelling)` must be \(expected)")
            }
            value = result
            source = layer.name + spelling
            break
        }
        found.append(Found(key: key, value: print(value), source: source))
    }
}

/// The kinds of values.
extension SettingsReader {
    mutating func integer(
        _ value: inout Int,
        _ key: String,
        in range: ClosedRange<Int>
    ) throws(ConfigurationError) {
        try read(
            &value,
            key,
            expected: "an integer from \(range.lowerBound) to \(range.upperBound)",
            print: { "\($0)" },
            read: { content in
                SettingsReader.integer(content).flatMap { range.contains($0) ? $0 : nil }
            }
        )
    }

    mutating func seconds(
        _ value: inout Duration,
        _ key: String,
        in range: ClosedRange<Int>
    ) throws(ConfigurationError) {
        var seconds = Int(value.components.seconds)
        try integer(&seconds, key, in: range)
        value = .seconds(seconds)
    }

    mutating func choice<T: CaseIterable & RawRepresentable<String>>(
        _ value: inout T,
        _ key: String
    ) throws(ConfigurationError) {
        let names = T.allCases.map { "`\($0.rawValue)`" }.joined(separator: " or ")
        try read(
            &value,
            key,
            expected: names,
            print: { $0.rawValue },
            read: { content in SettingsReader.text(content).flatMap { T(rawValue: $0) } }
        )
    }

    mutating func flag(_ value: inout Bool, _ key: String) throws(ConfigurationError) {
        try read(&value, key, expected: "`true` or `false`", print: { "\($0)" }) { content in
            switch content {
            case .json(.bool(let bool)): bool
            case .text("true"): true
            case .text("false"): false
            case .json, .text: nil
            }
        }
    }

    /// A text of 1 to 4,096 octets (Linux's longest path) that `parse` accepts; absent by default.
    mutating func optional<T>(
        _ value: inout T?,
        _ key: String,
        expected: String,
        parse: (String) -> T?
    ) throws(ConfigurationError) {
        try read(&value, key, expected: expected, print: { $0.map { "\($0)" } ?? "" }) { content in
            guard let text = SettingsReader.text(content) else { return nil }
            return parse(text).map { .some($0) }
        }
    }

    mutating func path(_ value: inout String?, _ key: String) throws(ConfigurationError) {
        try optional(&value, key, expected: "the path of a file or folder") { $0 }
    }

    /// A list of texts, at most `limit`; on a command line they stand between commas.
    mutating func list<T>(
        _ value: inout [T],
        _ key: String,
        limit: Int,
        of expected: String,
        parse: (String) -> T?
    ) throws(ConfigurationError) {
        try read(
            &value,
            key,
            expected: "a list of at most \(limit) \(expected)",
            print: SettingsReader.joined,
            read: { SettingsReader.list($0, limit: limit, parse: parse) }
        )
    }

    static func joined(_ values: [some Any]) -> String {
        values.map { "\($0)" }.joined(separator: ",")
    }

    static func list<T>(_ content: Content, limit: Int, parse: (String) -> T?) -> [T]? {
        let texts: [String?]
        switch content {
        case .text(""): texts = []
        case .text(let text): texts = text.split(separator: ",").map { String($0) }
        case .json(.string(let text)): texts = [text]
        case .json(.array(let items)): texts = items.map { SettingsReader.text(.json($0)) }
        case .json: return nil
        }
        let values = texts.compactMap { $0.flatMap(parse) }
        return values.count == texts.count && values.count <= limit ? values : nil
    }

    static func text(_ content: Content) -> String? {
        switch content {
        case .text(let text), .json(.string(let text)):
            (1...4_096).contains(text.utf8.count)
                && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
                ? text : nil
        case .json: nil
        }
    }

    private static func integer(_ content: Content) -> Int? {
        switch content {
        case .json(.int(let value)): Int(value)
        case .text(let text): Int(text).flatMap { String($0) == text ? $0 : nil }
        case .json: nil
        }
    }
}
