import COpenCL

/// Host memory from which writes travel to the device while the host goes on: `write` promises that the caller's bytes
/// may be reused at once, and a blocking write would wait for everything queued before it.
///
/// Writes end in the order in which they were enqueued, so the memory of the oldest is the first to be free again.
final class StagingArea {
    private struct Block {
        let bytes: UnsafeMutableRawBufferPointer
        let isWritten: cl_event
    }

    /// Beyond so many bytes or blocks on their way a write waits for the oldest ones.
    private let byteLimit = 256 << 20
    /// More than this is not staged: it is written once, when data are loaded, and a second copy on the host would cost more
    /// than waiting.
    private let largestBlock = 32 << 20
    private let blockLimit = 256
    private let context: OpenCLContext
    private var travelling: [Block] = []
    private var travellingBytes = 0
    private var idle: [UnsafeMutableRawBufferPointer] = []

    init(context: OpenCLContext) {
        self.context = context
    }

    deinit {
        try? context.finish()
        for block in travelling {
            _ = context.library.clReleaseEvent(block.isWritten)
            block.bytes.deallocate()
        }
        idle.forEach { $0.deallocate() }
    }

    /// Enqueues a copy of `bytes` into `memory`, beginning at byte `offset`.
    func write(_ bytes: UnsafeRawBufferPointer, into memory: cl_mem, offset: Int) throws {
        guard bytes.count <= largestBlock else {
            let code = context.library.clEnqueueWriteBuffer(
                context.queue, memory, cl_bool(CL_TRUE), offset, bytes.count, bytes.baseAddress, 0, nil, nil)
            return try context.check(code, "clEnqueueWriteBuffer")
        }
        try reclaim(needing: bytes.count)
        let staged = takeIdleBlock(of: bytes.count)
        staged.copyMemory(from: bytes)
        var event: cl_event?
        let code = context.library.clEnqueueWriteBuffer(
            context.queue, memory, cl_bool(CL_FALSE), offset, bytes.count, staged.baseAddress, 0, nil, &event)
        guard code == CL_SUCCESS, let event else {
            idle.append(staged)
            return try context.check(code, "clEnqueueWriteBuffer")
        }
        travelling.append(Block(bytes: staged, isWritten: event))
        travellingBytes += staged.count
    }

    /// Frees the blocks whose writes have ended; waits for the oldest while too much is on its way.
    private func reclaim(needing byteCount: Int) throws {
        while let oldest = travelling.first {
            if travellingBytes + byteCount > byteLimit || travelling.count >= blockLimit {
                var event: cl_event? = oldest.isWritten
                try context.check(context.library.clWaitForEvents(1, &event), "clWaitForEvents")
            }
            var status = cl_int(CL_QUEUED)
            let code = context.library.clGetEventInfo(
                oldest.isWritten, cl_event_info(CL_EVENT_COMMAND_EXECUTION_STATUS), MemoryLayout<cl_int>.size, &status,
                nil)
            try context.check(code, "clGetEventInfo")
            guard status <= CL_COMPLETE else { return }
            _ = context.library.clReleaseEvent(oldest.isWritten)
            travellingBytes -= oldest.bytes.count
            if idle.count < 64 { idle.append(oldest.bytes) } else { oldest.bytes.deallocate() }
            travelling.removeFirst()
            // Negative is the error with which the write, or a command before it, ended.
            try context.check(status, "clEnqueueWriteBuffer")
        }
    }

    /// The smallest idle block that is large enough but not wastefully large, else a new one.
    private func takeIdleBlock(of byteCount: Int) -> UnsafeMutableRawBufferPointer {
        var best: Int?
        for (index, block) in idle.enumerated()
        where block.count >= byteCount && block.count <= 4 * max(byteCount, 1024) {
            if best.map({ block.count < idle[$0].count }) ?? true { best = index }
        }
        if let best { return idle.remove(at: best) }
        return .allocate(byteCount: max(byteCount, 1024), alignment: 4096)
    }
}
