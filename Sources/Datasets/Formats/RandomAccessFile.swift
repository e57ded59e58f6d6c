import Foundation

/// A file of which any part is read. What is no regular file, such as a pipe, is never waited for.
final class RandomAccessFile: Sendable {
    /// Where the file lies.
    let path: String
    /// Whether it is a file with bytes of its own, no folder or device.
    let isRegular: Bool
    /// Bytes in the file when it was opened; 0 unless it is regular.
    let count: Int

    private let descriptor: Int32

    /// Opens a file; `advice` says what to do if it is missing.
    ///
    /// - Throws: `DatasetError.missing`, or `.corrupt` if it cannot be opened.
    init(path: String, advice: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let (code, reason) = (errno, String(cString: strerror(errno)))
            guard code != ENOENT else { throw DatasetError.missing(path: path, advice: advice) }
            throw DatasetError.corrupt(path: path, problem: "cannot be opened: \(reason)")
        }
        self.path = path
        self.descriptor = descriptor
        var status = stat()
        isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        count = isRegular ? Int(status.st_size) : 0
    }

    deinit {
        close(descriptor)
    }

    /// So many bytes from an offset, or fewer where the file ends.
    ///
    /// - Throws: `DatasetError.corrupt` if they cannot be read.
    func bytes(from offset: Int, upTo count: Int) throws -> [UInt8] {
        var problem: String?
        let bytes = [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, filled in
            while filled < count {
                let done = pread(
                    descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
                if done < 0 { problem = String(cString: strerror(errno)) }
                guard done > 0 else { break }
                filled += done
            }
        }
        if let problem { throw corrupt("cannot be read: \(problem)") }
        return bytes
    }

    /// The error that this file is not what it should be.
    func corrupt(_ problem: String) -> DatasetError {
        .corrupt(path: path, problem: problem)
    }
}
