import NeuralNetworks
import Tensors

extension Tape {
    /// Barlow Twins' loss: two views' projections must agree in each column, and different columns must tell different
    /// things.
    ///
    /// `Σ_i (1 − c_ii)² + λ Σ_{i≠j} c_ij²`, `c = z₁ᵀ z₂ / B` with the columns of z standardised over the batch.
    ///
    /// Source: Zbontar, Jing, Misra, LeCun, Deny, "Barlow Twins", ICML 2021, equations 1 and 2. The standardisation is the
    /// published code's, a batch normalization without scale and shift.
    ///
    /// - Parameters:
    ///   - first, second: `[B, D]`, the projections of two views of the same images in the same order.
    ///   - redundancyWeight: λ; 0.005 in the paper.
    ///   - epsilon: added to the columns' variances.
    /// - Returns: `[1]`.
    public func barlowTwinsLoss(
        _ first: Variable, _ second: Variable, redundancyWeight: Float, epsilon: Float = 1e-5
    ) throws -> Variable {
        try Expect.shape(second.value, first.shape, "the second view", operation: "barlowTwinsLoss")
        let correlations = try matrixProduct(
            standardizeColumns(first, epsilon: epsilon), transposeA: true,
            standardizeColumns(second, epsilon: epsilon), scale: 1 / Float(max(1, first.shape.rows)))
        let identity = try backend.identity(rows: first.shape.columns)
        let deviations = try subtract(correlations, constant(identity))
        // 1 on the diagonal, λ elsewhere.
        let weights = constant(
            try backend.affine(identity, scale: 1 - redundancyWeight, shift: redundancyWeight))
        return try sum(multiply(multiply(deviations, deviations), weights))
    }
}
