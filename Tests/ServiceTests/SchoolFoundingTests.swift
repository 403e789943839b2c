import Foundation
import Service
import Testing

/// What may be the name of a school.
@Suite struct SchoolFoundingTests {
    private static let isNoLine = "a school's name must be one line without control characters"
    private static let isTooLong = "a school's name must have 184 bytes of UTF-8 at the most"
    private static let hasSpace = "a school's name must not begin or end with a space"

    @Test(
        arguments: [
            ("", "a school's name must not be empty"),
            (" ", hasSpace), ("\u{a0}\u{2003}", hasSpace),
            (" White Trees", hasSpace), ("White Trees ", hasSpace), ("White\nTrees", isNoLine),
            ("White\r\nTrees", isNoLine), ("White\rTrees", isNoLine), ("White\tTrees", isNoLine),
            ("White\u{0}Trees", isNoLine), ("White\u{7f}Trees", isNoLine),
            ("White\u{85}Trees", isNoLine), ("White\u{2028}Trees", isNoLine),
            ("White\u{2029}Trees", isNoLine), ("White\n", isNoLine),
            (String(repeating: "x", count: 185), isTooLong),
            // Fewer characters than bytes.
            (String(repeating: "\u{e9}", count: 93), isTooLong),
        ]
    )
    func `a name that no mail could carry is refused before anything is made`(
        name: String,
        complaint: String
    ) throws {
        let folder =
            FileManager.default.temporaryDirectory.path + "/unfounded-\(UUID().uuidString)"
        // A folder that stays is the machine's to sweep: it is in the temporary folder.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let error = try #require(throws: ServiceError.self) {
            try SchoolFounding.found(
                name: name,
                administrator: "office@school.example",
                paths: SchoolPaths(
                    data: folder + "/data",
                    keys: folder + "/keys",
                    policies: FoundedSchool.policies
                ),
                settings: try MachineSettings()
            )
        }
        #expect(error.description == complaint)
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test func `an administrator without an address is refused before anything is made`() throws {
        let folder =
            FileManager.default.temporaryDirectory.path + "/unfounded-\(UUID().uuidString)"
        // A folder that stays is the machine's to sweep: it is in the temporary folder.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let error = try #require(throws: ServiceError.self) {
            try SchoolFounding.found(
                name: "White Trees",
                administrator: "office",
                paths: SchoolPaths(
                    data: folder + "/data",
                    keys: folder + "/keys",
                    policies: FoundedSchool.policies
                ),
                settings: try MachineSettings()
            )
        }
        #expect(
            error.description
                == "the first administrator's email must be a plain email address, in ASCII"
        )
        #expect(!FileManager.default.fileExists(atPath: folder))
    }
}
