import PolicyEngine
import Records
import SQLite
import Testing

/// Finding the right child by typing.
@Suite struct PupilTests {
    @Test(arguments: [
        ("Zoë O'Brien-Łuk", ["zoe", "obrien", "luk"]),
        ("ÆTHELRED Straße", ["aethelred", "strasse"]),
        ("Zoe\u{308}", ["zoe"]), ("Nguyễn Thị Ánh", ["nguyen", "thi", "anh"]),
        ("Şahin Ðorđević", ["sahin", "dordevic"]), ("Анна", ["анна"]), ("Y  Z", ["y", "z"]),
    ])
    func `names fold to plain words`(name: String, words: [String]) {
        #expect(NameFolding.words(of: name) == words)
    }

    @Test func `a query needs two letters`() {
        #expect(NameQuery("a") == nil && NameQuery("- '") == nil && NameQuery("") == nil)
        #expect(NameQuery("ab") != nil && NameQuery("é b") != nil)
        #expect(NameQuery(String(repeating: "a", count: 101)) == nil)
    }

    @Test func `every word typed begins a word of the name`() throws {
        let school = try TestSchool()
        let names = ["Noël Baker", "Ann Barker-Noe", "Bo Noakes"]
        let index = PupilIndex(try names.map { try school.addPupil($0) })
        func found(_ text: String) throws -> [String] {
            index.search(try #require(NameQuery(text))).map(\.pupil.name)
        }
        #expect(try found("NOE") == ["Ann Barker-Noe", "Noël Baker"])
        #expect(try found("noe bak") == ["Noël Baker"])
        #expect(try found("no b") == ["Ann Barker-Noe", "Bo Noakes", "Noël Baker"])
        #expect(try found("aker") == [])
    }

    @Test func `pupils who share surname and form are told apart`() throws {
        let school = try TestSchool()
        let noel = try school.addPupil("Noel Baker")
        let ann = try school.addPupil("Ann Baker", siblings: [noel.id])
        var index = PupilIndex([noel])
        let query = try #require(NameQuery("baker"))
        #expect(index.search(query).map(\.distinguish) == [nil])
        index.update(ann)
        #expect(
            index.search(query).map(\.distinguish)
                == ["born 3 May; twin Noel in 5B", "born 3 May; twin Ann in 5B"]
        )
        let stored = PupilIndex(try school.store.pupils(on: school.connection))
        #expect(stored.search(query).map(\.pupil) == index.search(query).map(\.pupil))
        #expect(try school.store.pupil(ann.id, on: school.connection) == ann)
    }

    @Test(arguments: ["2014-02-30", "2014-5-6", "1899-12-31", "2027-01-01", "", "06/05/2014"])
    func `a date of birth that cannot be is refused`(text: String) {
        #expect(throws: RecordsError.self) {
            try NewPupil(
                name: "A",
                dateOfBirth: text,
                yearGroup: "5",
                now: Timestamp(milliseconds: 1_795_442_400_000)
            )
        }
    }
}
