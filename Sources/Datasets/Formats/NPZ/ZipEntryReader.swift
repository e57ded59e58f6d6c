import CZlib

/// The bytes of an entry of a ZIP archive, unpacked piece by piece from its start to its end.
final class ZipEntryReader {
    /// Bytes that are read from the archive at once.
    private static let pieceLength = 1 << 18

    private let file: RandomAccessFile
    private let name: String
    private let entry: ZipArchive.Entry
    /// Where in the archive the next piece begins.
    private var position: Int
    /// Bytes of the archive that have been read, of which the first ``consumed`` are done with.
    private var piece: [UInt8] = []
    private var consumed = 0
    private var checksum = crc32(0, nil, 0)
    private var produced = 0
    private var isAtEnd = false
    /// zlib keeps the address, so that it must not change; nil for what is only stored.
    private let stream: UnsafeMutablePointer<z_stream>?

    /// - Throws: `DatasetError.corrupt` without such an entry.
    init(_ archive: ZipArchive, entry name: String) throws {
        guard let entry = archive.entries[name] else {
            throw archive.file.corrupt("has no \(name), only \(archive.entries.keys.sorted().joined(separator: ", "))")
        }
        file = archive.file
        self.name = name
        self.entry = entry
        position = entry.start
        guard entry.isDeflated else {
            stream = nil
            return
        }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        self.stream = stream
        // Negative: the bytes have no header of zlib's.
        guard inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw corrupt("cannot be unpacked: zlib has no memory")
        }
    }

    deinit {
        if let stream {
            inflateEnd(stream)
            stream.deallocate()
        }
    }

    /// Exactly the next `count` bytes, which are `content`.
    ///
    /// - Throws: `DatasetError.corrupt` if there are fewer, or they are damaged.
    func read(_ count: Int, of content: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = try next(upTo: min(count - bytes.count, 1 << 20))
            guard !more.isEmpty else {
                throw corrupt("ends too early: expected \(count) bytes of \(content), found \(bytes.count)")
            }
            bytes += more
        }
        return bytes
    }

    /// - Throws: `DatasetError.corrupt` if there are bytes left, or the checksum is wrong.
    func expectEnd() throws {
        guard try next(upTo: 1).isEmpty, produced == entry.count else {
            throw corrupt("does not have the \(entry.count) bytes that the archive's directory promises")
        }
        guard checksum == entry.checksum else { throw corrupt("has a wrong checksum; fetch the file again") }
    }

    /// The error that the entry is not what it should be.
    func corrupt(_ problem: String) -> DatasetError {
        file.corrupt("its entry \(name) \(problem)")
    }

    /// At least a byte, unless all have been read.
    private func next(upTo count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.isEmpty, !isAtEnd {
            bytes = try stream.map { try inflated(upTo: count, $0) } ?? stored(upTo: count)
            // zlib may hold bytes back when the piece is used up: there is need for more only once it gives nothing.
            if bytes.isEmpty, !isAtEnd { try readPiece() }
        }
        produced += bytes.count
        checksum = crc32_z(checksum, bytes, bytes.count)
        return bytes
    }

    private func readPiece() throws {
        let rest = entry.range.upperBound - position
        piece = try file.bytes(from: position, upTo: min(rest, Self.pieceLength))
        consumed = 0
        position += piece.count
        if piece.isEmpty {
            guard stream == nil, rest == 0 else { throw corrupt("ends in the middle of its bytes") }
            isAtEnd = true
        }
    }

    private func stored(upTo count: Int) -> [UInt8] {
        let bytes = Array(piece[consumed...].prefix(count))
        consumed += bytes.count
        return bytes
    }

    /// What zlib holds back and the rest of the piece give. If that is nothing, the piece is used up.
    private func inflated(upTo count: Int, _ stream: UnsafeMutablePointer<z_stream>) throws -> [UInt8] {
        var code = Z_OK
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { output, filled in
            piece.withUnsafeMutableBufferPointer { input in
                stream.pointee.next_in = input.baseAddress.map { $0 + consumed }
                stream.pointee.avail_in = UInt32(input.count - consumed)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(count)
                code = inflate(stream, Z_NO_FLUSH)
                consumed = input.count - Int(stream.pointee.avail_in)
                filled = count - Int(stream.pointee.avail_out)
            }
        }
        switch code {
        case Z_STREAM_END: isAtEnd = true
        // It has filled the output, or used up its input.
        case Z_OK, Z_BUF_ERROR: break
        default: throw corrupt("has damaged compressed data")
        }
        return bytes
    }
}
