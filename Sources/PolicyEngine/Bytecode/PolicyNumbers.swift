/// Numbers of policies in the order of the set; the first few take no memory of their own.
struct PolicyNumbers: Sendable, RandomAccessCollection {
    private static let inline = 8

    private(set) var count = 0
    private var few = InlineArray<8, UInt32>(repeating: 0)
    private var more: [UInt32] = []

    var startIndex: Int { 0 }
    var endIndex: Int { count }

    subscript(index: Int) -> Int {
        Int(index < PolicyNumbers.inline ? few[index] : more[index - PolicyNumbers.inline])
    }

    mutating func append(_ number: Int) {
        if count < PolicyNumbers.inline {
            few[count] = UInt32(number)
        } else {
            more.append(UInt32(number))
        }
        count += 1
    }
}
