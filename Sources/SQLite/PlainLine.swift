extension String {
    /// Whether it is one line of text that reads as it is written: without control characters, line
    /// breaks, code points that mean nothing, and marks that turn the direction of writing, which could
    /// make a name read as another.
    public var isPlainLine: Bool {
        unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
            // Joiners shape letters of some scripts.
            case .format: scalar == "\u{200d}" || scalar == "\u{200c}"
            default: true
            }
        }
    }
}
