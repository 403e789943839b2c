import Foundation
import Testing

extension ContractTests {
    /// Lists page by page, and what a query may ask for.
    @Suite struct Lists {
        private let school: ContractSchool

        init() throws { school = try ContractTests.school }

        private func ids(_ answer: Answer) -> [String] {
            answer.items.compactMap { $0["id"] as? String }
        }

        @Test func `incidents come newest first, page by page, each once`() throws {
            let colleague = school.staffed.colleague
            let logged = try (0..<5).map { _ in try school.log(by: colleague) }
            var (found, path): ([String], String?) = ([], "/v1/incidents?limit=2")
            while let next = path {
                let page = try colleague.get(next)
                #expect(Set(page.object.keys) == ["items", "next"] && page.items.count <= 2)
                found += ids(page)
                path = (page["next"] as? String).map { "/v1/incidents?limit=2&cursor=\($0)" }
            }
            #expect(Array(found.prefix(5)) == Array(logged.reversed()))
            #expect(Set(found).count == found.count)
            let summary = try #require(try colleague.get("/v1/incidents?limit=1").items.first)
            #expect(summary["narrative"] == nil && summary["status"] as? String == "open")
            #expect((summary["pupil"] as? [String: Any])?["name"] as? String == "Lucy Arden")
            let recorded = try #require(summary["recordedAt"] as? String)
            #expect(recorded.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        }

        @Test func `a cursor is for one person and one query`() throws {
            let teacher = school.staffed.teacher
            for _ in 0..<2 { _ = try school.log() }
            let path = "/v1/incidents?limit=1"
            let cursor = try #require(try teacher.get(path)["next"] as? String)
            #expect(try teacher.get("\(path)&cursor=\(cursor)").status == 200)
            #expect(try teacher.get("/v1/incidents?limit=7&cursor=\(cursor)").status == 200)
            let strangers = [
                try school.staffed.colleague.get("\(path)&cursor=\(cursor)"),
                try teacher.get("\(path)&state=open&cursor=\(cursor)"),
                try teacher.get("/v1/alerts?cursor=\(cursor)"),
                try teacher.get("\(path)&cursor=\(cursor.dropLast())"),
                try teacher.get("\(path)&cursor="),
            ]
            for answer in strangers {
                #expect(answer.status == 422 && answer.fields == ["cursor"], "\(answer.text)")
            }
        }

        @Test(arguments: [
            "/v1/incidents", "/v1/alerts", "/v1/categories", "/v1/agencies", "/v1/access-log",
            "/v1/staff",
        ])
        func `a page has 1 to 200 entries, and an unknown parameter is named`(_ path: String) throws
        {
            let person =
                path == "/v1/staff" ? school.staffed.administrator : school.staffed.safeguarding
            for limit in ["0", "201", "-1", "x", "", "1.5", "%2B5", "99999999999999999999"] {
                let answer = try person.get("\(path)?limit=\(limit)")
                #expect(answer.status == 422 && answer.fields == ["limit"], "\(limit)")
            }
            for limit in ["1", "200"] {
                #expect(try person.get("\(path)?limit=\(limit)").status == 200)
            }
            let unknown = try person.get("\(path)?mood=1")
            #expect(unknown.problem == "validation" && unknown.fields == ["mood"])
            for query in ["limit=1&limit=2", "limit=%zz", "%ff=1", "limit=%ff"] {
                #expect(try person.get("\(path)?\(query)").problem == "bad-request", "\(query)")
            }
        }

        @Test func `the school's lists come in the school's order, page by page`() throws {
            let teacher = school.staffed.teacher
            let all = try teacher.get("/v1/categories")
            #expect(all.items.count == 27 && all.object["next"] is NSNull)
            #expect(all.items.first?["name"] as? String == "Cause for concern")
            let first = try teacher.get("/v1/categories?limit=20")
            let cursor = try #require(first["next"] as? String)
            let second = try teacher.get("/v1/categories?limit=20&cursor=\(cursor)")
            #expect(ids(first) + ids(second) == ids(all) && second.object["next"] is NSNull)
            #expect(try teacher.get("/v1/agencies?cursor=\(cursor)").fields == ["cursor"])
        }

        static let filters: [(query: String, field: String)] = [
            ("/v1/incidents?state=lost", "state"), ("/v1/incidents?from=yesterday", "from"),
            ("/v1/incidents?to=2026-11-23", "to"), ("/v1/alerts?state=old", "state"),
            ("/v1/access-log?decision=maybe", "decision"), ("/v1/access-log?to=x", "to"),
            ("/v1/access-log?incident=12", "incident"),
        ]

        @Test(arguments: filters)
        func `a filter that cannot be is named`(_ query: String, _ field: String) throws {
            let answer = try school.staffed.safeguarding.get(query)
            #expect(answer.status == 422 && answer.fields == [field], "\(answer.text)")
        }

        @Test func `filters of incidents narrow the list`() throws {
            let teacher = school.staffed.teacher
            let other = try school.log(["pupil": school.staffed.pupils[1]])
            func found(_ query: String) throws -> [String] {
                ids(try teacher.get("/v1/incidents?\(query)"))
            }
            #expect(try found("pupil=\(school.staffed.pupils[1])").contains(other))
            #expect(try !found("pupil=\(school.staffed.pupils[0])").contains(other))
            #expect(try found("author=\(try #require(school.ids["teacher"]))").contains(other))
            #expect(try found("author=\(try #require(school.ids["colleague"]))").isEmpty)
            #expect(try found("category=\(school.staffed.category)&state=unowned").contains(other))
            #expect(try found("state=closed").isEmpty && found("pupil=nobody").isEmpty)
            #expect(try found("to=2020-01-01T00:00:00%2B01:00").isEmpty)
            #expect(try found("from=2020-01-01T00:00:00Z&limit=200").contains(other))
        }

        @Test func `an incident's number is taken with its hyphen, and answered without`() throws {
            let number = try school.log()
            let spoken = "\(number.prefix(4))-\(number.suffix(4))"
            let answer = try school.staffed.teacher.get("/v1/incidents/\(spoken)")
            #expect(answer.status == 200 && answer["id"] as? String == number)
            #expect(try school.entries("&incident=\(spoken)", limit: 1).count == 1)
        }
    }
}
