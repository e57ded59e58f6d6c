import Tensors

extension OpenCLBackend: MatrixOperations {
    /// By the first of `GemmImplementations` that is made for the device and accepts the shapes; sums in float32.
    public func gemm(
        alpha: Float, _ a: Tensor, transposeA: Bool, _ b: Tensor, transposeB: Bool, beta: Float, into c: Tensor
    ) throws {
        let problem = try GemmProblem(
            a: a.shape, transposeA: transposeA, b: b.shape, transposeB: transposeB, c: c.shape)
        for (name, tensor) in [("a", a), ("b", b), ("c", c)] {
            try Expect.elementType(tensor, .float32, name, operation: "gemm")
        }
        guard c.count > 0 else { return }
        try GemmImplementations.list.enqueue(
            problem, GemmOperands(alpha: alpha, a: a, b: b, beta: beta, c: c), on: self)
    }
}
