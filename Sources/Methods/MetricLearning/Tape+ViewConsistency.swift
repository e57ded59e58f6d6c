import NeuralNetworks
import Tensors

extension Tape {
    /// How far two views of the same images lie apart: `1 − mean <x, y>`, which is half the mean squared distance. The
    /// gradient reaches both; what keeps features from falling together is another loss's affair.
    ///
    /// - Parameters:
    ///   - first: `[N, D]`, rows of length 1.
    ///   - second: `[N, D]`, the same images in the same order.
    /// - Returns: `[1]`, from 0 to 2.
    public func viewConsistencyLoss(_ first: Variable, _ second: Variable) throws -> Variable {
        let similarity = try sum(multiply(first, second), scale: 1 / Float(max(1, first.shape.rows)))
        return try affine(similarity, scale: -1, shift: 1)
    }
}
