import COpenCL
import Tensors

extension OpenCLBackend: MemoryOperations {
    public func makeTensor(_ shape: Shape, _ elementType: ElementType) throws -> Tensor {
        let (byteCount, overflow) = shape.count.multipliedReportingOverflow(by: elementType.byteCount)
        guard !overflow else { throw pool.outOfMemory(neededBytes: .max) }
        return Tensor(shape: shape, elementType: elementType, storage: try pool.makeBuffer(byteCount: byteCount))
    }

    public func write(_ bytes: UnsafeRawBufferPointer, into tensor: Tensor) throws {
        let buffer = try buffer(of: tensor, operation: "write")
        try expectSameSize(bytes.count, tensor, operation: "write")
        guard bytes.count > 0 else { return }
        try staging.write(bytes, into: buffer.memory.object, offset: tensor.offset * tensor.elementType.byteCount)
    }

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

    public func copy(_ source: Tensor, into destination: Tensor) throws {
        guard source.count == destination.count, source.elementType == destination.elementType else {
            throw TensorError.invalidArgument(
                operation: "copy",
                problem: "\(source.shape) \(source.elementType.rawValue) cannot be copied into \(destination.shape) "
                    + destination.elementType.rawValue)
        }
        let kernel = source.elementType == .uint8 ? "copyBytes" : "copyWords"
        try launchChunks(
            kernel, in: "Memory/memory.cl", count: source.count,
            arguments: [.tensor(source), .tensor(destination), .int(source.count)])
    }

    public func fill(_ tensor: Tensor, with value: Float) throws {
        let kernel =
            switch tensor.elementType {
            case .float32: "fillFloat"
            case .int32: "fillInt"
            case .uint8: "fillBytes"
            }
        try launchChunks(
            kernel, in: "Memory/memory.cl", count: tensor.count,
            arguments: [.tensor(tensor), .int(tensor.count), .float(value)])
    }

    public func synchronize() throws {
        try context.finish()
    }

    private func expectSameSize(_ byteCount: Int, _ tensor: Tensor, operation: String) throws {
        guard byteCount == tensor.byteCount else {
            throw TensorError.invalidArgument(
                operation: operation, problem: "\(byteCount) bytes on the host, \(tensor.byteCount) in the tensor")
        }
    }
}
