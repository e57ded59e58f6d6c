import NeuralNetworks
import Tensors

extension Tape {
    /// The mean cross entropy of the logits `[N, K]` with hard labels (int32 `[N]`), each row weighted.
    func crossEntropy(_ logits: Variable, labels: Tensor, weights: Tensor? = nil) throws -> Variable {
        try crossEntropy(
            logits, targets: backend.oneHot(labels, classes: logits.shape.columns), weights: weights)
    }
}
