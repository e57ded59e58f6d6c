import Tensors

/// Memory of the CPU backend. When the last tensor that uses it goes, its block returns to the pool.
final class CPUStorage: TensorStorage {
    /// The block's first byte, aligned to a cache line.
    let address: UnsafeMutableRawPointer
    /// The block's size: that of its class, so at least what was asked for.
    let byteCount: Int
    /// Where the block came from and returns to; also tells whose tensor this is.
    let pool: BufferPool

    /// Only ``BufferPool`` calls this.
    init(address: UnsafeMutableRawPointer, byteCount: Int, pool: BufferPool) {
        self.address = address
        self.byteCount = byteCount
        self.pool = pool
    }

    deinit {
        pool.takeBack(address, byteCount: byteCount)
    }
}
