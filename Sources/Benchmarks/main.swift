import Foundation
import Service

// Each benchmark prints how this product compares with a well-known peer, or with the machine's own
// floor, on the same machine in the same minute: a ratio travels to another machine, a time does not.
let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "http": try HTTPBenchmark.run()
case "read": try StoreBenchmark.read(history(100_000, looks: 8))
case "write": try StoreBenchmark.write(history(100_000, looks: 8))
case "start": try StoreBenchmark.start(history(10_000, looks: 2))
case "policy": try PolicyBenchmark.run()
case "sign-in": try SignInBenchmark.run()
case "timing":
    try TimingBenchmark.run(pairs: arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000)
case "elevate":
    try ElevationBenchmark.run(leaders: arguments.dropFirst().first.flatMap { Int($0) } ?? 5_000)
// The processes that are measured.
case "http-server": try HTTPBenchmark.serve(Array(arguments.dropFirst()))
case "policy-decisions": try PolicyBenchmark.decide(Array(arguments.dropFirst()))
case "school-server": try BenchmarkSchool.serve(Array(arguments.dropFirst()))
default:
    FileHandle.standardError.write(
        Data(
            ("usage: Benchmarks http | policy | read | write | start [INCIDENTS] | sign-in"
                + " | timing [PAIRS] | elevate [LEADERS]\n").utf8
        )
    )
    exit(2)
}

/// A long history, or as many incidents as the command line says.
func history(_ incidents: Int, looks: Int) -> DemoFounding.Size {
    let typed = arguments.dropFirst().first.flatMap { Int($0) }
    return DemoFounding.Size(incidents: typed ?? incidents, looks: looks)
}
