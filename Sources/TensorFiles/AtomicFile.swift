import Foundation
import Tensors

/// Writes files so that a reader sees the old content or the new, never a part: the bytes go to a temporary name in the
/// same folder, are flushed to the disk, the file is renamed, and the folder is flushed.
///
/// After a process is killed, or the power fails, at any moment, the name holds a whole file or does not exist. What can
/// be left over is a temporary file, whose name ends in `.tmp`.
public enum AtomicFile {
    /// Writes `bytes` under `path`, in place of what was there.
    ///
    /// - Throws: `FileError.cannotWrite` with the system's reason; the temporary file is removed.
    public static func write(_ bytes: some DataProtocol, to path: String) throws {
        try write(to: path) { handle in try handle.write(contentsOf: Data(bytes)) }
    }

    /// Writes what `fill` puts into the handle, which it may also read, under `path`, in place of what was there.
    ///
    /// - Throws: `FileError.cannotWrite` with the system's reason; the temporary file is removed.
    public static func write(to path: String, fill: (FileHandle) throws -> Void) throws {
        let temporary = "\(path).\(ProcessInfo.processInfo.processIdentifier).tmp"
        // Exclusive: a link that somebody has put under the temporary name is not followed.
        unlink(temporary)
        let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError.cannotWrite(path: path, reason: systemReason()) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try fill(handle)
            guard fsync(descriptor) == 0 else { throw FileError.cannotWrite(path: path, reason: systemReason()) }
            try handle.close()
            try rename(temporary, to: path)
        } catch {
            unlink(temporary)
            if let error = error as? FileError { throw error }
            throw FileError.cannotWrite(path: path, reason: reason(of: error))
        }
    }

    /// Puts a file that is whole and on the disk in place of another, in the same folder.
    ///
    /// - Throws: `FileError.cannotWrite` with the system's reason.
    public static func rename(_ temporary: String, to path: String) throws {
        guard Foundation.rename(temporary, path) == 0 else {
            throw FileError.cannotWrite(path: path, reason: systemReason())
        }
        flushFolder(of: path)
    }

    /// Makes the rename itself durable. Some file systems cannot flush a folder; the file is whole all the same.
    private static func flushFolder(of path: String) {
        let folder = (path as NSString).deletingLastPathComponent
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func systemReason() -> String { String(cString: strerror(errno)) }

    private static func reason(of error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        return (underlying ?? error as NSError).localizedDescription
    }
}
