import Tensors

extension Backend {
    /// The mean of all rows of `[N, K]`: `[K]`; zeros where there is no row.
    func columnMeans(_ input: Tensor) throws -> Tensor {
        let sums = try makeTensor(try Shape([input.shape.columns]), .float32)
        try columnSums(input, into: sums)
        return try affine(sums, scale: 1 / Float(max(1, input.shape.rows)), shift: 0)
    }
}
