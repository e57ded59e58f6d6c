import NeuralNetworks
import Tensors

extension Tape {
    /// The mean over all rows of `<p/|p|, z/|z|>`: `[N, D]` and `[N, D]` → `[1]`. The targets z are constants: "stop
    /// gradient" in SimSiam, another network's outputs in BYOL. A row of length 0 has similarity 0 with everything.
    func meanCosineSimilarity(_ predictions: Variable, targets: Tensor) throws -> Variable {
        try Expect.shape(targets, predictions.shape, "the targets", operation: "meanCosineSimilarity")
        let directions = constant(try backend.l2Normalize(targets, epsilon: 1e-12))
        let products = try multiply(l2Normalize(predictions), directions)
        return try sum(products, scale: 1 / Float(max(1, predictions.shape.rows)))
    }
}
