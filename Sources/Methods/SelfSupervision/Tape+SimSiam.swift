import NeuralNetworks
import Tensors

extension Tape {
    /// SimSiam's loss: each view's prediction must have the direction of the other view's projection.
    ///
    /// `−(mean cos(p₁, z₂) + mean cos(p₂, z₁)) / 2`; the projections are constants ("stop gradient").
    ///
    /// Source: Chen, He, "Exploring simple Siamese representation learning", CVPR 2021, equation 4.
    ///
    /// - Parameters:
    ///   - predictions: `[B, D]` each, p₁ and p₂: what the prediction head makes of the projections.
    ///   - projections: `[B, D]` each, z₁ and z₂.
    /// - Returns: `[1]`, from −1 (all agree) to 1.
    public func simSiamLoss(
        predictions: (Variable, Variable), projections: (Tensor, Tensor)
    ) throws -> Variable {
        try weightedSum([
            (-0.5, meanCosineSimilarity(predictions.0, targets: projections.1)),
            (-0.5, meanCosineSimilarity(predictions.1, targets: projections.0)),
        ])
    }
}
