import Foundation

// Each benchmark prints how this product compares with a well-known peer on the same machine in
// the same minute: a ratio travels to another machine, a time does not.
switch CommandLine.arguments.dropFirst().first {
case "http": try HTTPBenchmark.run()
case "http-server": try HTTPBenchmark.serve(Array(CommandLine.arguments.dropFirst(2)))
default:
    FileHandle.standardError.write(Data("usage: Benchmarks http\n".utf8))
    exit(2)
}
