import Foundation

/// Keeps other processes out of a run's folder for as long as it exists. The system lets go of it when a process ends,
/// however that happens, and nothing is left in the folder: the lock is on the folder itself.
final class FolderLock: Sendable {
    private let folder: Int32

    /// Locks a folder that is there. A file system that knows no locks of folders, as some over networks, locks nothing.
    ///
    /// - Throws: `TrainingError.folderInUse`; `TrainingError.cannotWriteFolder` if it cannot be opened.
    init(_ path: String) throws {
        folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else {
            throw TrainingError.cannotWriteFolder(folder: path, reason: String(cString: strerror(errno)))
        }
        if flock(folder, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            throw TrainingError.folderInUse(folder: path)
        }
    }

    deinit {
        close(folder)
    }
}
