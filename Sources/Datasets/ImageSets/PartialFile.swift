import Dispatch
import Foundation
import Synchronization
import TensorFiles

/// A file made of many items, under a name of its own until it is whole. If its maker is killed, the next one finds which
/// items are there and makes the others.
///
/// Behind what will be the file it holds eight characters that say what is being made, and a byte for each item, which is 1
/// once the item is on the disk: items first, then the mark, whatever the moment.
final class PartialFile: Sendable {
    /// Items are marked once in so many nanoseconds.
    private static let markingInterval: UInt64 = 200_000_000

    /// Which items an earlier maker has left.
    let isThere: [Bool]

    private let target: String
    private let path: String
    private let length: Int
    private let file: Int32
    private let unmarked: Mutex<Unmarked>

    private struct Unmarked {
        var items: [Int] = []
        var lastMarking = DispatchTime.now().uptimeNanoseconds
    }

    /// Opens what is left of a file, or begins it.
    ///
    /// - Parameters:
    ///   - target: what the file will be called; until then its name ends in `.partial`.
    ///   - length: the bytes that it will have.
    ///   - fingerprint: eight characters; what was made with others is forgotten.
    /// - Throws: `FileError.cannotWrite`, also while another process is making the same file.
    init(of target: String, length: Int, items: Int, fingerprint: String) throws {
        self.target = target
        self.length = length
        path = "\(target).partial"
        // A link that somebody has put under this name is not followed.
        let file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Self.failure(target) }
        self.file = file
        let head = Array(fingerprint.utf8)
        var marks = [UInt8](repeating: 0, count: head.count + items)
        if flock(file, LOCK_EX | LOCK_NB) != 0 {
            isThere = []
            unmarked = Mutex(Unmarked())
            throw FileError.cannotWrite(path: target, reason: "another process is writing it, as \(path)")
        }
        var status = stat()
        let isWhole = fstat(file, &status) == 0 && Int(status.st_size) == length + marks.count
        if isWhole, pread(file, &marks, marks.count, off_t(length)) == marks.count, marks.starts(with: head) {
            isThere = marks.dropFirst(head.count).map { $0 == 1 }
        } else {
            isThere = Array(repeating: false, count: items)
        }
        unmarked = Mutex(Unmarked())
        guard isThere.contains(true) else {
            guard ftruncate(file, 0) == 0, ftruncate(file, off_t(length + marks.count)) == 0 else {
                throw Self.failure(target)
            }
            try head.withUnsafeBytes { try write($0, at: length) }
            return
        }
    }

    deinit {
        close(file)
    }

    /// Writes bytes at an offset; on any thread.
    ///
    /// - Throws: `FileError.cannotWrite`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
        var done = 0
        while done < bytes.count {
            let count = pwrite(file, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
            guard count > 0 else { throw Self.failure(target) }
            done += count
        }
    }

    /// So many bytes from an offset.
    ///
    /// - Throws: `FileError.cannotWrite` if they cannot be read.
    func bytes(from offset: Int, count: Int) throws -> [UInt8] {
        var done = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while done < count {
                let more = pread(file, buffer.baseAddress.map { $0 + done }, count - done, off_t(offset + done))
                guard more > 0 else { break }
                done += more
            }
            filled = done
        }
        guard done == count else { throw Self.failure(target) }
        return bytes
    }

    /// To be called when an item has been written; on any thread. Now and then all of them are marked together.
    ///
    /// - Throws: `FileError.cannotWrite`.
    func finish(item: Int) throws {
        let items = unmarked.withLock { unmarked -> [Int] in
            unmarked.items.append(item)
            let now = DispatchTime.now().uptimeNanoseconds
            guard now > unmarked.lastMarking + Self.markingInterval else { return [] }
            defer { unmarked = Unmarked(items: [], lastMarking: now) }
            return unmarked.items
        }
        guard !items.isEmpty else { return }
        guard fdatasync(file) == 0 else { throw Self.failure(target) }
        for item in items { try [UInt8(1)].withUnsafeBytes { try write($0, at: length + 8 + item) } }
    }

    /// Brings the whole file to the disk and gives it its name.
    ///
    /// - Throws: `FileError.cannotWrite`.
    func complete() throws {
        guard ftruncate(file, off_t(length)) == 0, fsync(file) == 0 else { throw Self.failure(target) }
        try AtomicFile.rename(path, to: target)
    }

    /// Leaves nothing behind.
    func remove() {
        unlink(path)
    }

    private static func failure(_ path: String) -> FileError {
        .cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
}
