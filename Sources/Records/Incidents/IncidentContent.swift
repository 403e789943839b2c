/// A child who is not on the list yet.
public struct UnlistedPupil: Hashable, Sendable {
    /// The name as it was told.
    public let name: String
    /// Why the child is not on the list.
    public let why: String

    /// A child who is not on the list.
    public init(name: String, why: String) {
        self.name = name
        self.why = why
    }
}

/// A mark on the figure of a body.
public struct BodyMark: Hashable, Sendable {
    /// The side of the figure.
    public enum View: String, Sendable {
        /// Seen from the front.
        case front
        /// Seen from the back.
        case back
    }

    /// The side that it is on.
    public let view: View
    /// From the left edge (0) to the right edge (1).
    public let x: Double
    /// From the top (0) to the bottom (1).
    public let y: Double
    /// What kind of mark, as in "bruise".
    public let kind: String
    /// What else is to be said of it.
    public let note: String?

    /// A mark.
    public init(view: View, x: Double, y: Double, kind: String, note: String?) {
        self.view = view
        self.x = x
        self.y = y
        self.kind = kind
        self.note = note
    }
}

/// What of an incident is sealed: every word that somebody wrote.
struct IncidentContent {
    let narrative: String
    let unlistedPupil: UnlistedPupil?
    let reportedBy: String?
    let location: String?
    let bodyMap: [BodyMark]

    private static let version: UInt8 = 1

    /// Binary rather than JSON: it is read with every look at an incident.
    var bytes: [UInt8] {
        var writer = ByteWriter(
            version: IncidentContent.version,
            capacity: narrative.utf8.count + 64
        )
        writer.text(narrative)
        writer.optionalText(unlistedPupil?.name)
        writer.optionalText(unlistedPupil?.why)
        writer.optionalText(reportedBy)
        writer.optionalText(location)
        writer.count(bodyMap.count)
        for mark in bodyMap {
            writer.byte(mark.view == .front ? 0 : 1)
            writer.double(mark.x)
            writer.double(mark.y)
            writer.text(mark.kind)
            writer.optionalText(mark.note)
        }
        return writer.bytes
    }

    init(_ new: NewIncident) {
        narrative = new.narrative
        unlistedPupil = new.unlistedPupil
        reportedBy = new.reportedBy
        location = new.location
        bodyMap = new.bodyMap
    }

    /// Reads what `bytes` gave; `nil` for anything else.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard var reader = ByteReader(bytes, version: IncidentContent.version),
            let narrative = reader.text(), let name = reader.optionalText(),
            let why = reader.optionalText(), let reportedBy = reader.optionalText(),
            let location = reader.optionalText(), let count = reader.count()
        else { return nil }
        var bodyMap: [BodyMark] = []
        for _ in 0..<count {
            guard let side = reader.byte(), let x = reader.double(), let y = reader.double(),
                let kind = reader.text(), let note = reader.optionalText()
            else { return nil }
            bodyMap.append(
                BodyMark(view: side == 0 ? .front : .back, x: x, y: y, kind: kind, note: note)
            )
        }
        guard reader.isAtEnd else { return nil }
        self.narrative = narrative
        unlistedPupil = name.flatMap { name in why.map { UnlistedPupil(name: name, why: $0) } }
        self.reportedBy = reportedBy
        self.location = location
        self.bodyMap = bodyMap
    }
}
