import COpenCL
import Synchronization
import Tensors

/// An OpenCL memory object, which may be released on any thread.
struct DeviceMemory: @unchecked Sendable {
    let object: cl_mem
}

/// Gives out device memory and keeps what comes back, so that a training step finds all that the step before it used.
///
/// Sizes are rounded up to classes, eight to each power of two, and each class has its own list of free buffers. A buffer
/// is free as soon as no tensor uses it, even while operations on it are still queued: the queue is in order, so whoever
/// gets it next comes after them.
final class BufferPool: Sendable {
    private struct State {
        var freeBuffers: [Int: [DeviceMemory]] = [:]
        var allocations = 0
        var allocatedBytes = 0
        var peakBytes = 0
        /// Bytes of the buffers that tensors use at the moment.
        var usedBytes = 0
    }

    nonisolated(unsafe) private let context: OpenCLContext
    /// The last tensor of a buffer may go on any thread.
    private let state = Mutex(State())

    init(context: OpenCLContext) {
        self.context = context
    }

    deinit {
        freePooledBuffers()
    }

    /// Adds what the pool has counted to `statistics`.
    func report(into statistics: inout BackendStatistics) {
        state.withLock {
            statistics.allocations = $0.allocations
            statistics.allocatedBytes = $0.allocatedBytes
            statistics.peakBytes = $0.peakBytes
        }
    }

    /// A buffer of at least `byteCount` bytes, from the free lists if possible.
    ///
    /// - Throws: `TensorError.outOfMemory` if the device has not enough even after all free buffers were given back to it.
    func makeBuffer(byteCount: Int) throws -> OpenCLBuffer {
        let sizeClass = try sizeClass(of: byteCount)
        let memory = try pooledBuffer(sizeClass) ?? newBuffer(sizeClass, byteCount: byteCount)
        state.withLock { $0.usedBytes += sizeClass }
        return OpenCLBuffer(memory: memory, byteCount: byteCount, sizeClass: sizeClass, pool: self)
    }

    /// Takes a buffer back. Called when its last tensor has gone.
    func recycle(_ memory: DeviceMemory, sizeClass: Int) {
        state.withLock {
            $0.freeBuffers[sizeClass, default: []].append(memory)
            $0.usedBytes -= sizeClass
        }
    }

    /// The error for an operation that found no memory.
    func outOfMemory(neededBytes: Int) -> TensorError {
        let used = state.withLock { $0.usedBytes }
        let memory = context.device.memoryBytes
        let available = max(0, memory - used)
        let advice: String
        if neededBytes > context.device.maximumAllocationBytes {
            advice =
                "one tensor may have at most \(context.device.maximumAllocationBytes) bytes there: use a smaller batch or "
                + "image"
        } else {
            let part = Double(memory) / max(1, Double(used) + Double(neededBytes))
            let percent = Int(100 * min(part, 0.9))
            advice =
                "use a batch of at most \(percent) % of the present one, a smaller model or another device"
        }
        return .outOfMemory(
            neededBytes: neededBytes, availableBytes: available, device: context.device.name, advice: advice)
    }

    /// The bytes that are really allocated for `byteCount`: a multiple of an eighth of the power of two below, and at
    /// least 256.
    private func sizeClass(of byteCount: Int) throws -> Int {
        guard byteCount <= context.device.maximumAllocationBytes else { throw outOfMemory(neededBytes: byteCount) }
        let smallest = 256
        guard byteCount > smallest else { return smallest }
        let step = 1 << max(5, (Int.bitWidth - 1 - (byteCount - 1).leadingZeroBitCount) - 3)
        return min((byteCount + step - 1) / step * step, context.device.maximumAllocationBytes)
    }

    private func pooledBuffer(_ sizeClass: Int) -> DeviceMemory? {
        state.withLock { $0.freeBuffers[sizeClass]?.popLast() }
    }

    private func newBuffer(_ sizeClass: Int, byteCount: Int) throws -> DeviceMemory {
        let memory: DeviceMemory
        if let first = try allocate(sizeClass) {
            memory = first
        } else {
            freePooledBuffers()
            // Releases take effect once the commands that use the memory are done.
            try context.finish()
            guard let second = try allocate(sizeClass) else { throw outOfMemory(neededBytes: byteCount) }
            memory = second
        }
        state.withLock {
            $0.allocations += 1
            $0.allocatedBytes += sizeClass
            $0.peakBytes = max($0.peakBytes, $0.allocatedBytes)
        }
        return memory
    }

    /// New memory of the device, or nil if it has none left. Drivers that promise more than the device has fail much
    /// later, or have the process killed; so the pool itself does not go beyond what the device reports.
    private func allocate(_ sizeClass: Int) throws -> DeviceMemory? {
        guard state.withLock({ $0.allocatedBytes }) + sizeClass <= context.device.memoryBytes else { return nil }
        var code: cl_int = 0
        let memory = context.library.clCreateBuffer(
            context.context, cl_mem_flags(CL_MEM_READ_WRITE), sizeClass, nil, &code)
        switch code {
        case CL_SUCCESS: return memory.map(DeviceMemory.init)
        case CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_RESOURCES, CL_OUT_OF_HOST_MEMORY, CL_INVALID_BUFFER_SIZE:
            return nil
        default:
            try context.check(code, "clCreateBuffer")
            return nil
        }
    }

    private func freePooledBuffers() {
        state.withLock {
            for (sizeClass, buffers) in $0.freeBuffers {
                for memory in buffers { _ = context.library.clReleaseMemObject(memory.object) }
                $0.allocatedBytes -= sizeClass * buffers.count
            }
            $0.freeBuffers.removeAll()
        }
    }
}
