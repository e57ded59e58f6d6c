import NeuralNetworks
import Tensors

extension Tape {
    /// The mean cross entropy of the logits `[N, K]` with hard labels (int32 `[N]`), each row weighted.
    package func crossEntropy(_ logits: Variable, labels: Tensor, weights: Tensor? = nil) throws -> Variable {
        try crossEntropy(
            logits, targets: backend.oneHot(labels, classes: logits.shape.columns), weights: weights)
    }

    /// The cross entropy of each row of the logits `[N, K]` with its hard label (int32 `[N]`): `[N]`.
    func crossEntropies(_ logits: Variable, labels: Tensor) throws -> Variable {
        try crossEntropies(logits, targets: backend.oneHot(labels, classes: logits.shape.columns))
    }

    /// The mean over all entries of `(softmax(logits) − targets)²`; the targets, `[N, K]`, are constants.
    func softmaxMeanSquaredError(_ logits: Variable, targets: Tensor) throws -> Variable {
        let differences = try subtract(softmax(logits), constant(targets))
        return try mean(multiply(differences, differences))
    }

    /// The logits `[N, K]` plus `adjustment` `[K]`, a constant; the logits themselves where there is none.
    func shift(_ logits: Variable, by adjustment: Tensor?) throws -> Variable {
        try adjustment.map { try addBias(logits, constant($0)) } ?? logits
    }

    /// `scale · (1 − p_y)` of the cross entropies `−log p_y`.
    func missingProbabilities(_ crossEntropies: Variable, scale: Float) throws -> Variable {
        try affine(exponential(affine(crossEntropies, scale: -1, shift: 0)), scale: -scale, shift: scale)
    }

    /// The mean over several views `[N, K]` of the same images of the mean cross entropy with soft targets `[N, K]`, each
    /// row weighted.
    func meanCrossEntropy(of views: [Variable], targets: Tensor, weights: Tensor) throws -> Variable {
        let losses = try views.map { view in
            (1 / Float(views.count), try crossEntropy(view, targets: targets, weights: weights))
        }
        return losses.count == 1 ? losses[0].1 : try weightedSum(losses)
    }
}
