import Tensors

extension Backend {
    /// Ones on the diagonal, zeros elsewhere: `[rows, columns]`, square if no number of columns is given.
    func identity(rows: Int, columns: Int? = nil) throws -> Tensor {
        try oneHot(tensor((0..<rows).map(Int32.init), try Shape([rows])), classes: columns ?? rows)
    }
}

extension Float {
    /// Added to a logit or a score that must not count: whatever it was, it is the smallest now, and its softmax is exactly
    /// 0. Finite, so that no product with 0 becomes NaN.
    static let excluded: Float = -1e30
}
