import Glibc

/// The key folder on disk: every file is reached through the open folder, so that what was
/// checked is what is read.
struct KeyFolder: ~Copyable {
    static let keyLength = 32
    /// 64 hex digits and a newline.
    private static let fileLength = 2 * keyLength + 1

    private let path: String
    private let descriptor: Int32
    /// A read-only file system, as systemd makes for credentials: there the access-control list
    /// that lets the service's user in shows as rights of the group.
    private let isReadOnly: Bool
    /// Whether `init(creating:)` made it.
    private(set) var isNew = false

    /// Opens a folder and checks who may enter it.
    init(opening path: String) throws(CryptoError) {
        let (path, descriptor) = try KeyFolder.open(path)
        do throws(CryptoError) {
            isReadOnly = try KeyFolder.checkFolder(descriptor, path)
        } catch {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
    }

    /// Makes the folder, or takes one that is there and holds no key yet, and opens it.
    ///
    /// A folder of ours that others may enter is closed to them: a checkout of the repository has
    /// one. Only an empty one, so that no folder of the person's own is changed by a slip, and no
    /// key that others could read is ever taken into use.
    init(creating path: String) throws(CryptoError) {
        let isNew = mkdir(path, 0o700) == 0
        if !isNew {
            guard errno == EEXIST else {
                throw .keyFolder(path: path, reason: KeyFolder.cannot("be made", errno))
            }
            try KeyFolder.tighten(path)
        }
        try self.init(opening: path)
        self.isNew = isNew
    }

    /// Refuses a folder that holds anything but what the repository puts there.
    func refuseContents() throws(CryptoError) {
        for name in try names() where name != "README.md" && name != ".gitignore" {
            throw refusal(name, "exists already")
        }
    }

    private static func tighten(_ path: String) throws(CryptoError) {
        let (path, descriptor) = try open(path)
        // Owns the descriptor from here on, and closes it.
        let folder = KeyFolder(unchecked: descriptor, path)
        try folder.refuseContents()
        var info = stat()
        guard fstat(descriptor, &info) == 0 else {
            throw .keyFolder(path: path, reason: cannot("be examined", errno))
        }
        // Of somebody else's folder, or one that is right, the check that follows has the say.
        guard info.st_uid == geteuid(), info.st_mode & 0o077 != 0 else { return }
        guard fchmod(descriptor, 0o700) == 0 else {
            throw .keyFolder(path: path, reason: cannot("be closed to others", errno))
        }
    }

    private init(unchecked descriptor: Int32, _ path: String) {
        self.path = path
        self.descriptor = descriptor
        isReadOnly = false
    }

    private static func open(
        _ path: String
    ) throws(CryptoError) -> (path: String, descriptor: Int32) {
        // With a slash at its end a symbolic link would be followed in spite of O_NOFOLLOW.
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code = errno
            throw .keyFolder(
                path: path,
                reason: code == ELOOP || code == ENOTDIR
                    ? "is not a folder" : cannot("be opened", code)
            )
        }
        return (path, descriptor)
    }

    deinit { close(descriptor) }

    /// The names of the entries, sorted.
    func names() throws(CryptoError) -> [String] {
        // A descriptor of its own, because closedir closes the one it was given.
        let own = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard own >= 0, let entries = fdopendir(own) else {
            let code = errno
            if own >= 0 { close(own) }
            throw .keyFolder(path: path, reason: KeyFolder.cannot("be listed", code))
        }
        defer { closedir(entries) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        guard errno == 0 else {
            throw .keyFolder(path: path, reason: KeyFolder.cannot("be listed", errno))
        }
        return names.sorted()
    }

    /// Reads a key after checking that nobody else can.
    func readKey(_ name: String) throws(CryptoError) -> Secret {
        // One byte more than a key has, so that a longer file shows.
        guard var text = try contents(of: name, atMost: KeyFolder.fileLength + 1) else {
            throw refusal(name, KeyFolder.cannot("be opened", ENOENT))
        }
        defer { text.withUnsafeMutableBytes { wipe($0) } }
        let wrong = refusal(name, "does not hold 64 lower-case hex digits and a newline")
        guard text.count == KeyFolder.fileLength, text.last == UInt8(ascii: "\n") else {
            throw wrong
        }
        do throws(CryptoError) {
            var key = try Hex.decode(text.dropLast())
            return Secret(wiping: &key)
        } catch {
            // The decoder's error would name an offset but not the file.
            throw wrong
        }
    }

    /// The first bytes of a file that nobody else can read; `nil` where there is none.
    func contents(of name: String, atMost limit: Int) throws(CryptoError) -> [UInt8]? {
        // O_NONBLOCK, or opening a FIFO put in a key's place would wait for ever.
        let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else {
            let code = errno
            if code == ENOENT { return nil }
            throw refusal(
                name,
                code == ELOOP ? "is a symbolic link" : KeyFolder.cannot("be opened", code)
            )
        }
        defer { close(file) }
        var info = stat()
        guard fstat(file, &info) == 0 else {
            throw refusal(name, KeyFolder.cannot("be examined", errno))
        }
        guard info.st_mode & S_IFMT == S_IFREG else { throw refusal(name, "is not a file") }
        let objection = KeyFolder.objection(
            to: info,
            allowed: isReadOnly ? [0o400, 0o440] : [0o400]
        )
        if let objection { throw refusal(name, objection) }

        var text = [UInt8](repeating: 0, count: limit)
        var filled = 0
        while filled < text.count {
            let got = text.withUnsafeMutableBytes { bytes in
                let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[filled...])
                return read(file, rest.baseAddress, rest.count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                let code = errno
                text.withUnsafeMutableBytes { wipe($0) }
                throw refusal(name, KeyFolder.cannot("be read", code))
            }
            guard got > 0 else { break }
            filled += got
        }
        text.removeLast(text.count - filled)
        return text
    }

    /// Writes a key into a new file, and waits until the disk has it.
    func writeKey(_ name: String, _ key: Secret) throws(CryptoError) {
        let text = Secret(count: KeyFolder.fileLength) { text in
            key.withBytes { Hex.write($0, into: text) }
            text[text.count - 1] = UInt8(ascii: "\n")
        }
        try text.withBytes { (text) throws(CryptoError) in try write(text, as: name) }
    }

    /// Puts a file in the place of one of the same name, or of none, and waits until the disk has it.
    func replace(_ name: String, with bytes: [UInt8]) throws(CryptoError) {
        let new = name + ".new"
        // One that a crash has left behind.
        remove(new)
        let written = bytes.withUnsafeBytes { bytes in
            Result { () throws(CryptoError) in try write(bytes, as: new) }
        }
        try written.get()
        guard renameat(descriptor, new, descriptor, name) == 0, fsync(descriptor) == 0 else {
            throw abandoned(new, "be put in its place", errno)
        }
    }

    /// Gives a file a second name; `false` where something has that name.
    func link(_ name: String, as other: String) throws(CryptoError) -> Bool {
        if linkat(descriptor, name, descriptor, other, 0) == 0 { return true }
        let code = errno
        if code == EEXIST { return false }
        throw refusal(other, KeyFolder.cannot("be made", code))
    }

    /// Writes a new file, 0400, and waits until the disk has it.
    private func write(_ bytes: UnsafeRawBufferPointer, as name: String) throws(CryptoError) {
        let file = openat(
            descriptor,
            name,
            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
            0o400
        )
        guard file >= 0 else { throw refusal(name, KeyFolder.cannot("be made", errno)) }
        defer { close(file) }
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = Glibc.write(file, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw abandoned(name, "be written", errno) }
            written += count
        }
        // The mode given to openat is cut by the umask; this one is not.
        guard fchmod(file, 0o400) == 0, fsync(file) == 0 else {
            throw abandoned(name, "be written", errno)
        }
    }

    /// Waits until the disk has the folder's entries.
    func sync() throws(CryptoError) {
        // The folder's own entry, too: it may have just been made.
        let parent = openat(descriptor, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0, fsync(descriptor) == 0, fsync(parent) == 0 else {
            let code = errno
            if parent >= 0 { close(parent) }
            throw .keyFolder(path: path, reason: KeyFolder.cannot("be synchronised", code))
        }
        close(parent)
    }

    /// Removes a file; `false` when it cannot be removed.
    @discardableResult
    func remove(_ name: String) -> Bool { unlinkat(descriptor, name, 0) == 0 }

    /// Removes the folder; one with something in it stays.
    func removeIfEmpty() { rmdir(path) }

    func refusal(_ name: String, _ reason: String) -> CryptoError {
        .keyFolder(path: "\(path)/\(name)", reason: reason)
    }

    private func abandoned(_ name: String, _ verb: String, _ code: Int32) -> CryptoError {
        remove(name)
        return refusal(name, KeyFolder.cannot(verb, code))
    }

    /// Whether the folder lies on a read-only file system; throws when others may enter it.
    private static func checkFolder(_ folder: Int32, _ path: String) throws(CryptoError) -> Bool {
        var system = statvfs()
        var info = stat()
        guard fstatvfs(folder, &system) == 0, fstat(folder, &info) == 0 else {
            throw .keyFolder(path: path, reason: cannot("be examined", errno))
        }
        let isReadOnly = system.f_flag & UInt(ST_RDONLY) != 0
        let objection = objection(
            to: info,
            allowed: isReadOnly ? [0o700, 0o500, 0o550] : [0o700, 0o500]
        )
        if let objection { throw .keyFolder(path: path, reason: objection) }
        return isReadOnly
    }

    /// What is wrong with the owner or the mode of a file or folder that holds secrets, if anything.
    static func objection(to info: stat, allowed modes: [mode_t]) -> String? {
        guard info.st_uid == geteuid() || info.st_uid == 0 else {
            return "belongs to user \(info.st_uid), not to \(geteuid()) or root"
        }
        let mode = info.st_mode & 0o7777
        if modes.contains(mode) { return nil }
        let wanted = modes.map { "0" + String($0, radix: 8) }
        return "has mode 0\(String(mode, radix: 8)) instead of " + wanted.joined(separator: " or ")
    }

    static func cannot(_ verb: String, _ code: Int32) -> String {
        "cannot \(verb): \(String(cString: strerror(code)))"
    }
}
