import Tensors

extension CPUBackend {
    /// A block of the pool.
    public func makeTensor(_ shape: Shape, _ elementType: ElementType) throws -> Tensor {
        let storage = try pool.take(byteCount: shape.count * elementType.byteCount)
        return Tensor(shape: shape, elementType: elementType, storage: storage)
    }

    /// A copy of the bytes.
    public func write(_ bytes: UnsafeRawBufferPointer, into tensor: Tensor) throws {
        let destination = try address(of: tensor, "write")
        try expectByteCount(bytes.count, of: tensor, "write")
        guard let source = bytes.baseAddress else { return }
        destination.copyMemory(from: source, byteCount: bytes.count)
    }

    /// A copy of the bytes; nothing is waited for.
    public func read(_ tensor: Tensor, into bytes: UnsafeMutableRawBufferPointer) throws {
        let source = try address(of: tensor, "read")
        try expectByteCount(bytes.count, of: tensor, "read")
        bytes.baseAddress?.copyMemory(from: source, byteCount: bytes.count)
    }

    /// A copy of the bytes; source and destination may overlap.
    public func copy(_ source: Tensor, into destination: Tensor) throws {
        let operation = begin("copy")
        try Expect.sameElements(source, destination, "source and destination", operation: operation)
        try address(of: destination, operation)
            .copyMemory(from: try address(of: source, operation), byteCount: source.byteCount)
    }

    /// - Throws: `TensorError.invalidArgument` also if the element type cannot hold the value.
    public func fill(_ tensor: Tensor, with value: Float) throws {
        let operation = begin("fill")
        let elements = try address(of: tensor, operation)
        switch tensor.elementType {
        case .float32:
            elements.assumingMemoryBound(to: Float.self).update(repeating: value, count: tensor.count)
        case .float16:
            elements.assumingMemoryBound(to: UInt16.self).update(
                repeating: HalfPrecision.bits(value), count: tensor.count)
        case .int32:
            let converted = try integer(value, as: Int32.self, operation)
            elements.assumingMemoryBound(to: Int32.self).update(repeating: converted, count: tensor.count)
        case .uint8:
            let converted = try integer(value, as: UInt8.self, operation)
            elements.assumingMemoryBound(to: UInt8.self).update(repeating: converted, count: tensor.count)
        }
    }

    /// Nothing waits: every operation is done when it returns.
    public func synchronize() throws {}

    private func expectByteCount(_ byteCount: Int, of tensor: Tensor, _ operation: String) throws {
        guard byteCount == tensor.byteCount else {
            throw TensorError.invalidArgument(
                operation: operation, problem: "\(byteCount) bytes, but the tensor has \(tensor.byteCount)")
        }
    }

    private func integer<Value: FixedWidthInteger>(
        _ value: Float, as type: Value.Type, _ operation: String
    ) throws -> Value {
        guard let converted = Value(exactly: value) else {
            throw TensorError.invalidArgument(operation: operation, problem: "\(value) is not a value of \(type)")
        }
        return converted
    }
}
