import Tensors

/// Hard pseudo-labels and what each of them counts.
package struct PseudoLabels {
    /// `[Bu, K]`: what they are taken from.
    let probabilities: Tensor
    /// int32 `[Bu]`: the most probable class, of equal ones the lowest.
    let labels: Tensor
    /// `[Bu]`: its probability.
    let confidences: Tensor
    /// `[Bu]`: what each counts; at first 1 where the confidence reaches the threshold, else 0.
    let weights: Tensor

    /// `[Bu, K]` probabilities; `threshold` is `[1]`.
    init(_ probabilities: Tensor, threshold: Tensor, on backend: any Backend) throws {
        self.probabilities = probabilities
        (labels, confidences) = try backend.argmaxRows(probabilities)
        weights = try backend.binary(.greaterOrEqual, confidences, threshold)
    }

    /// The same with other weights.
    init(_ pseudo: PseudoLabels, weights: Tensor) {
        probabilities = pseudo.probabilities
        labels = pseudo.labels
        confidences = pseudo.confidences
        self.weights = weights
    }
}
