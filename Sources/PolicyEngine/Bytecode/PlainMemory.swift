/// The cells that plain values refer to, region by region.
struct PlainMemory: Sendable {
    var base: [PlainValue] = []
    var added: [PlainValue] = []
    var question: [PlainValue] = []
    var decision: [PlainValue] = []

    func cell(_ region: PlainValue.Region, _ index: Int) -> PlainValue {
        switch region {
        case .base: base[index]
        case .added: added[index]
        case .question: question[index]
        case .decision: decision[index]
        }
    }

    func count(_ region: PlainValue.Region) -> Int {
        switch region {
        case .base: base.count
        case .added: added.count
        case .question: question.count
        case .decision: decision.count
        }
    }

    mutating func append(_ value: PlainValue, to region: PlainValue.Region) {
        switch region {
        case .base: base.append(value)
        case .added: added.append(value)
        case .question: question.append(value)
        case .decision: decision.append(value)
        }
    }

    /// Room for cells side by side, so that those of nested values come behind them.
    mutating func reserve(_ count: Int, in region: PlainValue.Region) -> Int {
        let start = self.count(region)
        // One by one, since there are a few: adding a sequence costs more than all of them.
        switch region {
        case .base: for _ in 0..<count { base.append(PlainValue(false)) }
        case .added: for _ in 0..<count { added.append(PlainValue(false)) }
        case .question: for _ in 0..<count { question.append(PlainValue(false)) }
        case .decision: for _ in 0..<count { decision.append(PlainValue(false)) }
        }
        return start
    }

    mutating func set(_ value: PlainValue, _ region: PlainValue.Region, _ index: Int) {
        switch region {
        case .base: base[index] = value
        case .added: added[index] = value
        case .question: question[index] = value
        case .decision: decision[index] = value
        }
    }

    // MARK: Reading

    /// Equality of the language.
    func areEqual(_ left: PlainValue, _ right: PlainValue) -> Bool {
        guard left.kind == right.kind else { return false }
        return left.bits == right.bits || left.hasRun && compare(left.run, right.run) == 0
    }

    func contains(_ set: PlainValue.Run, _ value: PlainValue) -> Bool {
        if set.count > 16 { return find(set) { compare($0, value) } != nil }
        let (region, start, count) = (set.region, set.start, set.count)
        let isScalar = value.isScalar
        for index in start..<(start + count) {
            let member = cell(region, index)
            if member.kind == value.kind,
                member.bits == value.bits || !isScalar && areEqual(member, value)
            {
                return true
            }
        }
        return false
    }

    /// The field of this name, if there is one.
    func field(_ name: UInt32, of record: PlainValue.Run) -> PlainValue? {
        let found: PlainValue?
        if record.count > 16 {
            found = find(record) { $0.name == name ? 0 : $0.name < name ? -1 : 1 }
        } else {
            let (region, start) = (record.region, record.start)
            for index in start..<(start + record.count) {
                let field = cell(region, index)
                if field.name == name { return field.named(0) }
            }
            return nil
        }
        return found?.named(0)
    }

    /// The cell that an order says is the one: 0 for it, negative for those before it.
    private func find(_ run: PlainValue.Run, _ order: (PlainValue) -> Int) -> PlainValue? {
        var (low, high) = (0, run.count)
        while low < high {
            let middle = (low + high) / 2
            let cell = cell(run.region, run.start + middle)
            let place = order(cell)
            if place == 0 { return cell }
            if place < 0 { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    // MARK: Order

    /// A total order in which equal values, and only they, are side by side.
    func compare(_ left: PlainValue, _ right: PlainValue) -> Int {
        if left.name != right.name { return left.name < right.name ? -1 : 1 }
        if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue ? -1 : 1 }
        if left.bits == right.bits { return 0 }
        if left.hasRun { return compare(left.run, right.run) }
        return left.bits < right.bits ? -1 : 1
    }

    private func compare(_ left: PlainValue.Run, _ right: PlainValue.Run) -> Int {
        for index in 0..<min(left.count, right.count) {
            let order = compare(
                cell(left.region, left.start + index),
                cell(right.region, right.start + index)
            )
            if order != 0 { return order }
        }
        return left.count - right.count
    }

    // MARK: Writing

    /// Sorts the cells that are the members of a set and drops repeated ones.
    mutating func makeSet(_ region: PlainValue.Region, start: Int, count: Int) -> PlainValue {
        sort(region, start: start, count: count)
        var kept = min(count, 1)
        for index in stride(from: 1, to: count, by: 1) {
            let member = cell(region, start + index)
            if compare(member, cell(region, start + kept - 1)) != 0 {
                set(member, region, start + kept)
                kept += 1
            }
        }
        return PlainValue(.set, PlainValue.Run(region, start: start, count: kept))
    }

    /// Sorts the cells that are the fields of a record, whose names differ.
    mutating func makeRecord(_ region: PlainValue.Region, start: Int, count: Int) -> PlainValue {
        sort(region, start: start, count: count)
        return PlainValue(.record, PlainValue.Run(region, start: start, count: count))
    }

    mutating func makeAddress(_ address: IPAddress, _ region: PlainValue.Region) -> PlainValue {
        let start = count(region)
        append(PlainValue(.long, Int64(address.prefix + (address.isIPv6 ? 256 : 0))), to: region)
        append(PlainValue(.long, bits: address.high), to: region)
        append(PlainValue(.long, bits: address.low), to: region)
        return PlainValue(.ipaddr, PlainValue.Run(region, start: start, count: 3))
    }

    func address(_ run: PlainValue.Run) -> IPAddress {
        let width = Int(cell(run.region, run.start).number)
        return IPAddress(
            isIPv6: width >= 256,
            high: cell(run.region, run.start + 1).bits,
            low: cell(run.region, run.start + 2).bits,
            prefix: width % 256
        )
    }

    private mutating func sort(_ region: PlainValue.Region, start: Int, count: Int) {
        guard count > 1 else { return }
        guard count <= 16 else {
            let sorted = (start..<(start + count)).map { cell(region, $0) }
                .sorted { compare($0, $1) < 0 }
            for (index, value) in sorted.enumerated() { set(value, region, start + index) }
            return
        }
        withUnsafeTemporaryAllocation(of: PlainValue.self, capacity: 16) { cells in
            for end in 0..<count {
                let value = cell(region, start + end)
                var hole = end
                while hole > 0, compare(value, cells[hole - 1]) < 0 {
                    cells.initializeElement(at: hole, to: cells[hole - 1])
                    hole -= 1
                }
                cells.initializeElement(at: hole, to: value)
            }
            for place in 0..<count { set(cells[place], region, start + place) }
        }
    }
}
