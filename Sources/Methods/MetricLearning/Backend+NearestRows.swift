import Tensors

extension Backend {
    /// `2 <x_i, c_j> − |c_j|²`: `[N, D]` and `[C, D]` → `[N, C]`. In each row the squared distances `|x_i − c_j|²` in reverse
    /// order, up to a number that all columns share, by one matrix product.
    package func proximities(_ points: Tensor, to centres: Tensor) throws -> Tensor {
        let products = try makeTensor(try Shape([points.shape.rows, centres.shape.rows]), .float32)
        try gemm(alpha: 2, points, transposeA: false, centres, transposeB: true, beta: 0, into: products)
        let squaredNorms = try rowSums(binary(.multiply, centres, centres))
        return try binary(.subtract, products, squaredNorms.reshaped(to: try Shape([centres.shape.rows])))
    }

    /// `|x_i − c[indices_i]|²`, from the differences themselves, so that small ones are exact: `[N, 1]`.
    func squaredDistances(_ points: Tensor, to centres: Tensor, indices: Tensor) throws -> Tensor {
        let differences = try binary(.subtract, points, gatherRows(centres, indices: indices))
        return try rowSums(binary(.multiply, differences, differences))
    }
}
