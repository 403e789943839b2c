import Glibc

// A descriptor that whoever started the program has closed would be the next file's that is opened:
// what is meant for the terminal would be written into it.
for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
    _ = open("/dev/null", O_RDWR)
}
let code = CommandLineProgram.run(Array(CommandLine.arguments.dropFirst()))
// What `exit` takes apart may still be in use by a thread that is about to end.
_exit(code)
