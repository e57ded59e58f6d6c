import Foundation

extension Data {
    /// The bytes of a file, or the first `limit` of them; nil if there is no such file.
    ///
    /// - Throws: `FileError.cannotRead` for one that is there but cannot be read: it must not be taken for none.
    public init?(ifPresentAt path: String, upTo limit: Int = .max) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        self.init()
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while count < limit {
            let more = read(descriptor, &piece, Swift.min(piece.count, limit - count))
            guard more >= 0 else {
                throw FileError.cannotRead(path: path, reason: String(cString: strerror(errno)))
            }
            guard more > 0 else { return }
            append(contentsOf: piece[..<more])
        }
    }
}
