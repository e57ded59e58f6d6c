/// Making, writing and reading tensors.
public protocol MemoryOperations: AnyObject {
    /// A tensor whose elements are not set. Comes from the pool: once a training step has run, the next one finds all
    /// the memory that it needs there.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    func makeTensor(_ shape: Shape, _ elementType: ElementType) throws -> Tensor

    /// Copies the host's bytes into the tensor. The bytes may be reused as soon as the call returns.
    ///
    /// - Throws: `TensorError.invalidArgument` if the byte counts differ.
    func write(_ bytes: UnsafeRawBufferPointer, into tensor: Tensor) throws

    /// Waits until all operations before this one are done, and copies the tensor's bytes to the host.
    ///
    /// - Throws: `TensorError.invalidArgument` if the byte counts differ; whatever an earlier operation failed with.
    func read(_ tensor: Tensor, into bytes: UnsafeMutableRawBufferPointer) throws

    /// Copies the elements of `source` into `destination`; both have the same count and element type.
    func copy(_ source: Tensor, into destination: Tensor) throws

    /// Sets every element (converted to the element type) to `value`.
    func fill(_ tensor: Tensor, with value: Float) throws

    /// Waits until everything that was enqueued is done.
    func synchronize() throws
}

extension MemoryOperations {
    /// A `float32` tensor on the device with the given elements, row-major.
    public func tensor(_ values: [Float], _ shape: Shape) throws -> Tensor {
        try tensor(HostTensor(values, shape: shape))
    }

    /// An `int32` tensor on the device with the given elements, row-major.
    public func tensor(_ values: [Int32], _ shape: Shape) throws -> Tensor {
        try tensor(HostTensor(values, shape: shape))
    }

    /// A copy of `host` on the device.
    public func tensor(_ host: HostTensor) throws -> Tensor {
        let tensor = try makeTensor(host.shape, host.elementType)
        try host.bytes.withUnsafeBytes { try write($0, into: tensor) }
        return tensor
    }

    /// A `float32` tensor on the device, every element `value`.
    public func tensor(repeating value: Float, _ shape: Shape) throws -> Tensor {
        let tensor = try makeTensor(shape, .float32)
        try fill(tensor, with: value)
        return tensor
    }

    /// A copy of `tensor` in the host's memory. Waits.
    public func read(_ tensor: Tensor) throws -> HostTensor {
        var bytes = [UInt8](repeating: 0, count: tensor.byteCount)
        try bytes.withUnsafeMutableBytes { try read(tensor, into: $0) }
        return try HostTensor(shape: tensor.shape, elementType: tensor.elementType, bytes: bytes)
    }
}
