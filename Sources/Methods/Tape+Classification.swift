import NeuralNetworks
import Tensors

/// Hard pseudo-labels and which of them are confident enough to be used.
struct PseudoLabels {
    /// int32 `[N]`: the most probable class, of equal ones the lowest.
    let labels: Tensor
    /// `[N]`: its probability.
    let confidences: Tensor
    /// `[N]`: 1 where the confidence reaches the threshold, else 0.
    let mask: Tensor

    /// `[N, K]` probabilities; `threshold` is `[1]`.
    init(_ probabilities: Tensor, threshold: Tensor, on backend: any Backend) throws {
        (labels, confidences) = try backend.argmaxRows(probabilities)
        mask = try backend.binary(.greaterOrEqual, confidences, threshold)
    }
}

extension Tape {
    /// The mean cross entropy of the logits `[N, K]` with hard labels (int32 `[N]`), each row weighted.
    func crossEntropy(_ logits: Variable, labels: Tensor, weights: Tensor? = nil) throws -> Variable {
        try crossEntropy(
            logits, targets: backend.oneHot(labels, classes: logits.shape.columns), weights: weights)
    }

    /// `CE(logits + adjustment, labels)`: the loss of the labelled images, with logit adjustment where there is one.
    func supervisedLoss(
        _ logits: Variable, labels: Tensor, adjustment: Tensor?, weights: Tensor? = nil
    ) throws -> Variable {
        let adjusted = try adjustment.map { try addBias(logits, constant($0)) } ?? logits
        return try crossEntropy(adjusted, labels: labels, weights: weights)
    }
}

extension StepInputs {
    /// The labels on the device, int32 `[B]`.
    ///
    /// - Throws: `MethodError.invalidInput` if there are not as many as labelled rows, or one is not a class.
    func uploadedLabels(classes: Int, on backend: any Backend) throws -> Tensor {
        guard labels.count == labelled.logits.shape.rows else {
            throw MethodError.invalidInput(
                name: "labels", problem: "has \(labels.count) entries for \(labelled.logits.shape.rows) labelled rows")
        }
        if let stray = labels.first(where: { !(0..<classes).contains(Int($0)) }) {
            throw MethodError.invalidInput(
                name: "labels", problem: "has \(stray), which is none of the \(classes) classes")
        }
        return try backend.tensor(labels, try Shape([labels.count]))
    }

    /// The outputs of the two views of the unlabelled images.
    ///
    /// - Throws: `MethodError.invalidInput` if one is missing or they are not of the same images.
    func unlabelledViews() throws -> (weak: ViewOutputs, strong: ViewOutputs) {
        guard let weak, let strong else {
            throw MethodError.invalidInput(name: "weak, strong", problem: "is missing; the method needs both views")
        }
        guard weak.logits.shape == strong.logits.shape else {
            throw MethodError.invalidInput(
                name: "weak, strong",
                problem: "has logits \(weak.logits.shape) and \(strong.logits.shape); both views are of the same images"
            )
        }
        return (weak, strong)
    }
}
