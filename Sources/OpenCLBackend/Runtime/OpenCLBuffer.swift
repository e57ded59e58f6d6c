import Tensors

/// A piece of a device's memory. Returns to its pool when the last tensor that uses it goes.
final class OpenCLBuffer: TensorStorage {
    let byteCount: Int
    let memory: DeviceMemory
    let pool: BufferPool
    private let sizeClass: Int

    init(memory: DeviceMemory, byteCount: Int, sizeClass: Int, pool: BufferPool) {
        self.memory = memory
        self.byteCount = byteCount
        self.sizeClass = sizeClass
        self.pool = pool
    }

    deinit {
        pool.recycle(memory, sizeClass: sizeClass)
    }
}
