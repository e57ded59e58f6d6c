import NeuralNetworks
import Tensors

extension Tape {
    /// The mutual information, negative, of what two views of the same images are predicted to be; both learn from it.
    ///
    /// With `P = (pᵀq + qᵀp) / 2N`, each entry at least 1e-8, and its row sums r, which are its column sums too:
    /// `−Σ P log (P / r rᵀ) = −Σ P log P + 2 Σ r log r`. Between −log K, where the views agree and the classes are balanced, and
    /// 0, where they have nothing in common.
    ///
    /// Source: Ji, Henriques, Vedaldi, "Invariant information clustering for unsupervised image classification and
    /// segmentation", ICCV 2019, equation 3.
    ///
    /// - Parameters:
    ///   - first, second: probabilities, `[N, K]`.
    /// - Returns: `[1]`.
    func negativeMutualInformation(_ first: Variable, _ second: Variable) throws -> Variable {
        let scale = 0.5 / Float(max(1, first.shape.rows))
        let joint = try clamp(
            add(
                matrixProduct(first, transposeA: true, second, scale: scale),
                matrixProduct(second, transposeA: true, first, scale: scale)),
            to: 1e-8...1)
        let marginal = try rowSums(joint)
        return try weightedSum([
            (-1, sum(multiply(joint, logarithm(joint)))),
            (2, sum(multiply(marginal, logarithm(marginal)))),
        ])
    }
}
