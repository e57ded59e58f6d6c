import Foundation

/// Bytes that threads fill together, each its own part.
final class SharedBytes: @unchecked Sendable {
    private let buffer: UnsafeMutableRawBufferPointer

    /// So many bytes, all 0.
    init(count: Int) {
        buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit {
        buffer.deallocate()
    }

    /// - Precondition: nobody else writes this part.
    func write(_ bytes: [UInt8], at start: Int) {
        precondition(start >= 0 && bytes.count <= buffer.count - start)
        buffer[start..<start + bytes.count].copyBytes(from: bytes)
    }

    /// All bytes, once everybody has written.
    var data: Data { Data(buffer) }
}
