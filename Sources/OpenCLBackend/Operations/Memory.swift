import COpenCL
import Tensors

extension OpenCLBackend: MemoryOperations {
    /// A buffer of the pool, which asks the driver for new memory only if none of its own is free.
    public func makeTensor(_ shape: Shape, _ elementType: ElementType) throws -> Tensor {
        let (byteCount, overflow) = shape.count.multipliedReportingOverflow(by: elementType.byteCount)
        guard !overflow else { throw pool.outOfMemory(neededBytes: .max) }
        return Tensor(shape: shape, elementType: elementType, storage: try pool.makeBuffer(byteCount: byteCount))
    }

    /// Copied into staging memory, from where it travels in queue order; waits only if 256 MiB or 256 tensors are
    /// on their way, or for more than 32 MiB.
    public func write(_ bytes: UnsafeRawBufferPointer, into tensor: Tensor) throws {
        let buffer = try buffer(of: tensor, operation: "write")
        try expectSameSize(bytes.count, tensor, operation: "write")
        guard bytes.count > 0 else { return }
        try staging.write(bytes, into: buffer.memory.object, offset: tensor.offset * tensor.elementType.byteCount)
    }

    /// A blocking read: waits for everything that was enqueued before.
    public func read(_ tensor: Tensor, into bytes: UnsafeMutableRawBufferPointer) throws {
        let buffer = try buffer(of: tensor, operation: "read")
        try expectSameSize(bytes.count, tensor, operation: "read")
        guard bytes.count > 0 else { return try synchronize() }
        let code = context.library.clEnqueueReadBuffer(
            context.queue, buffer.memory.object, cl_bool(CL_TRUE), tensor.offset * tensor.elementType.byteCount,
            bytes.count,
            bytes.baseAddress, 0, nil, nil)
        try context.check(code, "clEnqueueReadBuffer")
    }

    /// One launch. Floats and integers travel as words, so that every NaN keeps its bits.
    public func copy(_ source: Tensor, into destination: Tensor) throws {
        try Expect.sameElements(source, destination, "source and destination", operation: "copy")
        let kernel =
            switch source.elementType {
            case .float32, .int32: "copyWords"
            case .float16: "copyHalfWords"
            case .uint8: "copyBytes"
            }
        try launchChunks(
            kernel, in: "Memory/memory.cl", count: source.count,
            arguments: [.tensor(source), .tensor(destination), .int(source.count)])
    }

    /// One launch.
    public func fill(_ tensor: Tensor, with value: Float) throws {
        let (kernel, element): (String, KernelArgument) =
            switch tensor.elementType {
            case .float32: ("fillFloats", .float(value))
            case .float16: ("fillHalves", .float(value))
            case .int32: ("fillIntegers", .int(Int(try integer(value, as: Int32.self))))
            case .uint8: ("fillBytes", .int(Int(try integer(value, as: UInt8.self))))
            }
        try launchChunks(
            kernel, in: "Memory/memory.cl", count: tensor.count,
            arguments: [.tensor(tensor), .int(tensor.count), element])
    }

    /// Waits until the queue is empty.
    public func synchronize() throws {
        try context.finish()
    }

    private func expectSameSize(_ byteCount: Int, _ tensor: Tensor, operation: String) throws {
        guard byteCount == tensor.byteCount else {
            throw TensorError.invalidArgument(
                operation: operation, problem: "\(byteCount) bytes, but the tensor has \(tensor.byteCount)")
        }
    }

    private func integer<Value: FixedWidthInteger>(_ value: Float, as type: Value.Type) throws -> Value {
        guard let converted = Value(exactly: value) else {
            throw TensorError.invalidArgument(operation: "fill", problem: "\(value) is not a value of \(type)")
        }
        return converted
    }
}
