import NeuralNetworks
import Tensors

extension Tape {
    /// BYOL's loss: each view's prediction must have the direction of what a moving average of the network projects the
    /// other view to.
    ///
    /// `mean (2 − 2 cos(p₁, z₂)) + mean (2 − 2 cos(p₂, z₁))`: the squared distance of the rows brought to length 1.
    ///
    /// Source: Grill et al., "Bootstrap your own latent", NeurIPS 2020, equations 2 and 3.
    ///
    /// - Parameters:
    ///   - predictions: `[B, D]` each, p₁ and p₂, of the network that learns.
    ///   - projections: `[B, D]` each, z₁ and z₂, of the moving average.
    /// - Returns: `[1]`, from 0 (all agree) to 8.
    public func byolLoss(predictions: (Variable, Variable), projections: (Tensor, Tensor)) throws -> Variable {
        let similarity = try weightedSum([
            (-2, meanCosineSimilarity(predictions.0, targets: projections.1)),
            (-2, meanCosineSimilarity(predictions.1, targets: projections.0)),
        ])
        return try affine(similarity, scale: 1, shift: 4)
    }
}
