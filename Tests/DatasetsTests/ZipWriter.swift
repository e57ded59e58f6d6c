import CZlib
import XCTest

/// Writes ZIP archives of arrays, as `numpy.savez` and `numpy.savez_compressed` do.
struct ZipWriter {
    private struct Entry {
        let name: String
        let offset: Int
        let method: Int
        let packedCount: Int
        let count: Int
        let checksum: Int
    }

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []

    /// The archive of arrays by their names.
    static func archive(_ arrays: [(name: String, bytes: [UInt8])], isDeflated: Bool) throws -> [UInt8] {
        var writer = ZipWriter()
        for (name, bytes) in arrays { try writer.add("\(name).npy", bytes, isDeflated: isDeflated) }
        return writer.archive()
    }

    /// An array with its header.
    static func array(_ type: String, shape: [Int], _ elements: [UInt8], version: UInt8 = 1) -> [UInt8] {
        let numbers = shape.map { "\($0)," }.joined(separator: " ")
        let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(numbers)), }"
        return header(text, version: version) + elements
    }

    /// Such a header, padded as NumPy pads it.
    static func header(_ text: String, version: UInt8 = 1) -> [UInt8] {
        let lengthLength = version == 1 ? 2 : 4
        let padding = 63 - (8 + lengthLength + text.utf8.count) % 64
        let content = Array((text + String(repeating: " ", count: padding) + "\n").utf8)
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + littleEndian(content.count, lengthLength) + content
    }

    mutating func add(_ name: String, _ content: [UInt8], isDeflated: Bool) throws {
        let packed = isDeflated ? try Self.deflated(content) : content
        let entry = Entry(
            name: name, offset: bytes.count, method: isDeflated ? 8 : 0, packedCount: packed.count,
            count: content.count, checksum: Int(crc32(0, content, UInt32(content.count))))
        entries.append(entry)
        // As NumPy writes them: the sizes stand behind the name in 64 bits.
        let sizes = [UInt8](repeating: 0xFF, count: 8)
        let extra = [1, 0, 16, 0] + Self.littleEndian(entry.count, 8) + Self.littleEndian(entry.packedCount, 8)
        bytes += Array("PK\u{3}\u{4}".utf8) + [45, 0, 0, 0] + Self.littleEndian(entry.method, 2) + [0, 0, 0, 0]
        bytes += Self.littleEndian(entry.checksum, 4) + sizes
        bytes += Self.littleEndian(name.utf8.count, 2) + Self.littleEndian(extra.count, 2) + Array(name.utf8) + extra
        bytes += packed
    }

    /// The archive with its directory.
    func archive(comment: String = "") -> [UInt8] {
        var directory: [UInt8] = []
        for entry in entries {
            directory += Array("PK\u{1}\u{2}".utf8) + [45, 3, 45, 0, 0, 0]
            for (value, length) in [
                (entry.method, 2), (0, 4), (entry.checksum, 4), (entry.packedCount, 4), (entry.count, 4),
                (entry.name.utf8.count, 2), (0, 12), (entry.offset, 4),
            ] {
                directory += Self.littleEndian(value, length)
            }
            directory += Array(entry.name.utf8)
        }
        var end = Array("PK\u{5}\u{6}".utf8)
        for (value, length) in [
            (0, 4), (entries.count, 2), (entries.count, 2), (directory.count, 4), (bytes.count, 4),
            (comment.utf8.count, 2),
        ] {
            end += Self.littleEndian(value, length)
        }
        return bytes + directory + end + Array(comment.utf8)
    }

    static func littleEndian(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
    }

    private static func deflated(_ content: [UInt8]) throws -> [UInt8] {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        XCTAssertEqual(deflateInit2_(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size), Z_OK)
        defer { deflateEnd(&stream) }
        var (input, output) = (content, [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(content.count)))))
        let length = output.count
        let code = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                return deflate(&stream, Z_FINISH)
            }
        }
        XCTAssertEqual(code, Z_STREAM_END)
        return Array(output.prefix(length - Int(stream.avail_out)))
    }
}
