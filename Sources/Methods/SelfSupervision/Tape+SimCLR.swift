import NeuralNetworks
import Tensors

extension Tape {
    /// SimCLR's loss, NT-Xent: each of the 2B projections must pick its image's other view among the 2B − 1 other ones.
    ///
    /// `−1/2B Σ_i log( exp(s_ij/T) / Σ_{k≠i} exp(s_ik/T) )`, s the cosine similarity, j the other view of i.
    ///
    /// Source: Chen, Kornblith, Norouzi, Hinton, "A simple framework for contrastive learning of visual representations",
    /// ICML 2020, equation 1. The backward pass takes two products of `[2B, 2B]` and `[2B, D]`.
    ///
    /// - Parameters:
    ///   - first, second: `[B, D]`, the projections of two views of the same images in the same order.
    ///   - temperature: T; 0.5 for CIFAR-10 in the paper.
    /// - Returns: `[1]`.
    public func simCLRLoss(_ first: Variable, _ second: Variable, temperature: Float) throws -> Variable {
        try Expect.shape(second.value, first.shape, "the second view", operation: "simCLRLoss")
        try Expect.positive(temperature, "the temperature", operation: "simCLRLoss")
        let images = first.shape.rows
        let projections = try l2Normalize(concatenate([first, second]))
        let similarities = try matrixProduct(
            projections, projections, transposeB: true, scale: 1 / temperature)
        let itself = constant(try backend.affine(backend.identity(rows: 2 * images), scale: .excluded, shift: 0))
        let otherViews = (0..<2 * images).map { Int32(($0 + images) % (2 * images)) }
        return try crossEntropy(
            add(similarities, itself), labels: backend.tensor(otherViews, try Shape([2 * images])))
    }
}
