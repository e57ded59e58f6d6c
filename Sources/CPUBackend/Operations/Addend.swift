import Tensors

extension CPUBackend {
    /// `output` after `addend`, if there is one, has been added to it in place.
    func adding(_ addend: Tensor?, _ name: String, to output: Tensor, _ operation: String) throws -> Tensor {
        guard let addend else { return output }
        try Expect.shape(addend, output.shape, name, operation: operation)
        let x = try floats(addend, name, operation)
        let y = try mutableFloats(output, "the result", operation)
        Parallel.forEachRange(of: output.count) { range in
            for i in range { y[i] += x[i] }
        }
        return output
    }
}
