import SQLite
import Testing

/// What threads share and wait for.
struct MonitorTests {
    @Test func `a wait ends with the change that it waits for, and loses none`() {
        let numbers = Monitor<[Int]>([])
        let total = 2_000
        startThread { for number in 1...total { numbers.change { $0.append(number) } } }
        var seen: [Int] = []
        while seen.count < total {
            seen += numbers.wait { numbers in
                if numbers.isEmpty { return .goesOn() }
                defer { numbers = [] }
                return .over(numbers)
            }
        }
        #expect(seen == Array(1...total))
    }

    @Test func `a wait with a limit looks again although nothing has changed`() {
        let looks = Monitor(0)
        let count = looks.wait { looks in
            looks += 1
            return looks == 3 ? .over(looks) : .goesOn(atMost: .microseconds(1))
        }
        #expect(count == 3)
    }

    @Test func `everybody who waits is woken`() {
        let state = Monitor((isOpen: false, through: 0))
        for _ in 0..<8 {
            startThread {
                state.wait { $0.isOpen ? .over(()) : .goesOn() }
                state.change { $0.through += 1 }
            }
        }
        state.change { $0.isOpen = true }
        let through = state.wait { $0.through == 8 ? .over($0.through) : .goesOn() }
        #expect(through == 8)
    }
}
