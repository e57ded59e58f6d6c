import Foundation
import Tensors

/// Blocks of memory by size class. A training step asks for the same sizes every time, so after the first one all of
/// them are found here.
///
/// Sizes are rounded up to four classes for each power of two, which wastes at most a fifth of a block.
final class BufferPool {
    /// Bytes of a cache line, and the smallest block.
    private static let alignment = 64

    /// The most bytes that may be held: the machine's memory.
    let capacity: Int
    /// Blocks asked of the system so far.
    private(set) var allocations = 0
    /// Bytes held now, free blocks included.
    private(set) var allocatedBytes = 0
    /// The most bytes ever held.
    private(set) var peakBytes = 0

    private var freeBlocks: [Int: [UnsafeMutableRawPointer]] = [:]
    /// The last reference to a tensor may be dropped on another thread than the one that works.
    private let lock = NSLock()

    init(capacity: Int) {
        self.capacity = capacity
    }

    deinit {
        releaseFreeBlocks()
    }

    /// A block of at least `byteCount` bytes, its contents unspecified.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    func take(byteCount: Int) throws -> CPUStorage {
        let size = Self.sizeClass(of: byteCount)
        return try lock.withLock {
            if let address = freeBlocks[size]?.popLast() {
                return CPUStorage(address: address, byteCount: size, pool: self)
            }
            if size > capacity - allocatedBytes { releaseFreeBlocks() }
            guard size <= capacity - allocatedBytes, let address = Self.allocate(size) else {
                throw TensorError.outOfMemory(
                    neededBytes: size, availableBytes: capacity - allocatedBytes, device: "cpu",
                    advice: "use a smaller batch or a smaller model")
            }
            allocations += 1
            allocatedBytes += size
            peakBytes = max(peakBytes, allocatedBytes)
            return CPUStorage(address: address, byteCount: size, pool: self)
        }
    }

    /// Keeps a block for the next tensor of its size.
    func takeBack(_ address: UnsafeMutableRawPointer, byteCount: Int) {
        lock.withLock { freeBlocks[byteCount, default: []].append(address) }
    }

    /// Gives all blocks that no tensor uses back to the system.
    private func releaseFreeBlocks() {
        for (size, blocks) in freeBlocks {
            blocks.forEach { free($0) }
            allocatedBytes -= size * blocks.count
        }
        freeBlocks = [:]
    }

    /// The smallest of 4, 5, 6 and 7 times a power of two that holds `byteCount`, and at least a cache line.
    static func sizeClass(of byteCount: Int) -> Int {
        guard byteCount > alignment else { return alignment }
        let highestBit = Int.bitWidth - 1 - (byteCount - 1).leadingZeroBitCount
        let step = 1 << max(0, highestBit - 2)
        return (byteCount - 1) / step * step + step
    }

    private static func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
        var address: UnsafeMutableRawPointer?
        return posix_memalign(&address, alignment, size) == 0 ? address : nil
    }
}
