// Compiled together with the parsers' sources by `http.sh`, outside the package: libFuzzer brings
// its own main.

/// One input: its first byte says where to cut it, the rest is a head or a chunked body.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    guard let first = bytes.first else { return 0 }
    let input = Array(bytes.dropFirst())
    let cut = Int(first) * input.count / 255
    fuzzHead(input, cut)
    fuzzBody(input, cut)
    return 0
}

private func fuzzHead(_ input: [UInt8], _ cut: Int) {
    var head = RequestHead()
    let part = head.parse(input.span.extracting(first: cut), limits: ServerLimits())
    let length = head.length
    let whole = head.parse(input.span, limits: ServerLimits())
    // What a beginning has decided, more bytes do not change.
    precondition(part == .incomplete || part == whole)
    precondition(part != .complete || length == head.length)
    precondition(whole != .complete || input[..<head.length].suffix(4) == [13, 10, 13, 10])
}

private func fuzzBody(_ input: [UInt8], _ cut: Int) {
    var whole: [UInt8] = []
    var decoder = ChunkDecoder(limit: 4096)
    let expected = decoder.decode(input.span, into: &whole)
    var body: [UInt8] = []
    decoder = ChunkDecoder(limit: 4096)
    var outcome = decoder.decode(input.span.extracting(first: cut), into: &body)
    if outcome == .incomplete {
        outcome = decoder.decode(input.span.extracting(droppingFirst: cut), into: &body)
        if case .complete(let consumed) = outcome { outcome = .complete(consumed: cut + consumed) }
    }
    precondition(outcome == expected && body == whole && body.count <= 4096)
}
