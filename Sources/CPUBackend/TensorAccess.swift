import Tensors

/// From tensors to the addresses of their elements. The addresses hold as long as the caller holds the tensor.
extension CPUBackend {
    /// The first byte of a tensor's elements.
    ///
    /// - Throws: `TensorError.foreignTensor` if this backend has not made the tensor.
    func address(of tensor: Tensor, _ operation: String) throws -> UnsafeMutableRawPointer {
        guard let storage = tensor.storage as? CPUStorage, storage.pool === pool else {
            throw TensorError.foreignTensor(operation: operation, backend: "the CPU backend")
        }
        return storage.address + tensor.offset * tensor.elementType.byteCount
    }

    /// The elements of a float tensor, to be read.
    func floats(_ tensor: Tensor, _ name: String, _ operation: String) throws -> UnsafePointer<Float> {
        UnsafePointer(try mutableFloats(tensor, name, operation))
    }

    /// The elements of a float tensor, to be changed.
    func mutableFloats(
        _ tensor: Tensor, _ name: String, _ operation: String
    ) throws -> UnsafeMutablePointer<Float> {
        try Expect.elementType(tensor, .float32, name, operation: operation)
        return try address(of: tensor, operation).assumingMemoryBound(to: Float.self)
    }

    /// The elements of an int32 tensor, to be read.
    func integers(_ tensor: Tensor, _ name: String, _ operation: String) throws -> UnsafePointer<Int32> {
        try Expect.elementType(tensor, .int32, name, operation: operation)
        return UnsafePointer(try address(of: tensor, operation).assumingMemoryBound(to: Int32.self))
    }

    /// A new float tensor, and its elements.
    func makeFloats(_ shape: Shape) throws -> (tensor: Tensor, elements: UnsafeMutablePointer<Float>) {
        let tensor = try makeTensor(shape, .float32)
        return (tensor, try mutableFloats(tensor, "the output", "makeTensor"))
    }

    /// A new int32 tensor, and its elements.
    func makeIntegers(_ shape: Shape) throws -> (tensor: Tensor, elements: UnsafeMutablePointer<Int32>) {
        let tensor = try makeTensor(shape, .int32)
        return (tensor, try address(of: tensor, "makeTensor").assumingMemoryBound(to: Int32.self))
    }

    /// Lends `count` elements of working memory, their contents unspecified, while `body` runs.
    func withScratch<Element, Result>(
        of type: Element.Type, count: Int, _ body: (UnsafeMutablePointer<Element>) throws -> Result
    ) throws -> Result {
        let storage = try pool.take(byteCount: count * MemoryLayout<Element>.stride)
        return try withExtendedLifetime(storage) {
            try body(storage.address.assumingMemoryBound(to: type))
        }
    }
}
