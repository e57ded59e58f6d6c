import Tensors

/// Activations of float16: an operation widens them, computes in float32 as always, and narrows its result.
extension CPUBackend {
    /// A float32 copy of a float16 tensor.
    ///
    /// - Throws: `TensorError.invalidArgument` if it holds something else: all activations of an operation hold the same.
    func widened(_ tensor: Tensor, _ name: String, _ operation: String) throws -> Tensor {
        try Expect.elementType(tensor, .float16, name, operation: operation)
        let x = try address(of: tensor, operation).assumingMemoryBound(to: UInt16.self)
        let (output, y) = try makeFloats(tensor.shape)
        Parallel.forEachRange(of: tensor.count) { range in
            for i in range { y[i] = HalfPrecision.float(x[i]) }
        }
        return output
    }

    /// A float16 copy of a float32 tensor.
    func narrowed(_ tensor: Tensor, _ operation: String) throws -> Tensor {
        let x = try floats(tensor, "the input", operation)
        let output = try makeTensor(tensor.shape, .float16)
        let y = try address(of: output, operation).assumingMemoryBound(to: UInt16.self)
        Parallel.forEachRange(of: tensor.count) { range in
            for i in range { y[i] = HalfPrecision.bits(x[i]) }
        }
        return output
    }
}
