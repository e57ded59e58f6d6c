import Tensors

extension Tape {
    /// `scale · op(a) · op(b)`, a matrix product of two variables, each transposed or not: `[M, K]` and `[K, N]` → `[M, N]`
    /// after transposition. `a` and `b` may be one variable: similarities of all pairs of rows.
    ///
    /// - Throws: `TensorError.invalidArgument` if the shapes do not fit each other.
    public func matrixProduct(
        _ first: Variable, transposeA: Bool = false, _ second: Variable,
        transposeB: Bool = false, scale: Float = 1
    ) throws -> Variable {
        try Expect.matrix(first.value, "the first factor", operation: "matrixProduct")
        try Expect.matrix(second.value, "the second factor", operation: "matrixProduct")
        func product(
            _ a: Tensor, _ transposeA: Bool, _ b: Tensor, _ transposeB: Bool, shape: Shape
        ) throws -> Tensor {
            let product = try backend.makeTensor(shape, .float32)
            try backend.gemm(
                alpha: scale, a, transposeA: transposeA, b, transposeB: transposeB, beta: 0, into: product)
            return product
        }
        let (a, b) = (first.value, second.value)
        let output = try product(
            a, transposeA, b, transposeB,
            shape: [a.shape[transposeA ? 1 : 0], b.shape[transposeB ? 0 : 1]])
        return record(output, from: [first, second]) { [unowned self] gradient in
            // With c = op(a) · op(b): d op(a) = dc · op(b)ᵀ and d op(b) = op(a)ᵀ · dc, transposed where the factor is.
            try send(
                transposeA
                    ? product(b, transposeB, gradient, true, shape: a.shape)
                    : product(gradient, false, b, !transposeB, shape: a.shape),
                to: first)
            try send(
                transposeB
                    ? product(gradient, true, a, transposeA, shape: b.shape)
                    : product(a, !transposeA, gradient, false, shape: b.shape),
                to: second)
        }
    }

    /// `x / |x|` for each row of `[N, D]`; a row with norm ≤ `epsilon` gives zeros, and its gradient is zero.
    public func l2Normalize(_ input: Variable, epsilon: Float = 1e-12) throws -> Variable {
        record(try backend.l2Normalize(input.value, epsilon: epsilon), from: [input]) { [unowned self] gradient in
            try send(backend.l2NormalizeGradient(gradient, input: input.value, epsilon: epsilon), to: input)
        }
    }
}
