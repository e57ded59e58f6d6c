import CZlib
import Foundation

/// A data file, read once from its start to its end. What is packed with gzip is unpacked on the way, piece by piece:
/// memory grows with the bytes that are really there, never with what a header promises.
final class DataFile {
    /// Where the file lies.
    let path: String

    private let handle: gzFile

    /// Opens a file; `advice` says what to do if it is missing.
    ///
    /// - Throws: `DatasetError.missing`, or `.corrupt` if it is a folder or cannot be opened.
    init(path: String, advice: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw DatasetError.missing(path: path, advice: advice)
        }
        guard !isFolder.boolValue else {
            throw DatasetError.corrupt(path: path, problem: "a file was expected, found a folder")
        }
        guard let handle = gzopen(path, "rb") else {
            throw DatasetError.corrupt(path: path, problem: "cannot be opened: \(String(cString: strerror(errno)))")
        }
        self.path = path
        self.handle = handle
    }

    deinit {
        gzclose(handle)
    }

    /// The next `count` bytes, or fewer where the file ends.
    ///
    /// - Throws: `DatasetError.corrupt` if the file cannot be read or its compressed data are damaged or cut short.
    func read(upTo count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let piece = [UInt8](unsafeUninitializedCapacity: min(count - bytes.count, 1 << 20)) { buffer, filled in
                filled = max(0, Int(gzread(handle, buffer.baseAddress, UInt32(buffer.count))))
            }
            try checkForDamage()
            guard !piece.isEmpty else { break }
            bytes += piece
        }
        return bytes
    }

    /// Exactly the next `count` bytes, which are `content`: "the header", "60000 images of 28×28".
    ///
    /// - Throws: `DatasetError.corrupt` if the file ends before, or is damaged.
    func read(_ count: Int, of content: String) throws -> [UInt8] {
        let bytes = try read(upTo: count)
        guard bytes.count == count else {
            throw corrupt("ends too early: expected \(count) bytes of \(content), found \(bytes.count)")
        }
        return bytes
    }

    /// - Throws: `DatasetError.corrupt` if there are bytes left, or the checksum of the compressed data is wrong.
    func expectEnd(after content: String) throws {
        guard try read(upTo: 1).isEmpty else { throw corrupt("expected the end after \(content), found more bytes") }
    }

    /// The error that this file is not what it should be.
    func corrupt(_ problem: String) -> DatasetError {
        .corrupt(path: path, problem: problem)
    }

    private func checkForDamage() throws {
        var code: Int32 = Z_OK
        let message = gzerror(handle, &code)
        switch code {
        case Z_OK, Z_STREAM_END: return
        case Z_BUF_ERROR: throw corrupt("ends in the middle of its compressed data; fetch the file again")
        default: throw corrupt("cannot be read: \(message.map { String(cString: $0) } ?? "zlib error \(code)")")
        }
    }
}
