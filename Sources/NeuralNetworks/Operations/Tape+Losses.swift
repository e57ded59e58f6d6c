import Tensors

extension Tape {
    /// Cross entropy with soft targets, which are constants:
    /// `Σ_i weights_i · (−Σ_k targets_ik · logSoftmax(logits)_ik) / N`. Rows of weight 0 count in N.
    ///
    /// - Parameters:
    ///   - logits: `[N, K]`.
    ///   - targets: `[N, K]`.
    ///   - weights: `[N]`; nil means ones.
    /// - Returns: `[1]`.
    public func crossEntropy(_ logits: Variable, targets: Tensor, weights: Tensor? = nil) throws -> Variable {
        try meanCrossEntropy(logits, targets: targets, weights: weights).loss
    }

    /// ``crossEntropy(_:targets:weights:)``, and each row's cross entropy without its weight, `[N]`, for whoever wants to
    /// see it.
    public func meanCrossEntropy(
        _ logits: Variable, targets: Tensor, weights: Tensor? = nil
    ) throws -> (loss: Variable, perSample: Tensor) {
        let (perSample, loss) = try backend.crossEntropy(logits.value, targets: targets, weights: weights)
        let mean = record(loss, from: [logits]) { [unowned self] lossGradient in
            try send(
                backend.crossEntropyGradient(lossGradient, logits: logits.value, targets: targets, weights: weights),
                to: logits)
        }
        return (mean, perSample)
    }

    /// The cross entropy of each row with soft targets, which are constants: `−Σ_k targets_ik · logSoftmax(logits)_ik`.
    ///
    /// - Parameters:
    ///   - logits: `[N, K]`.
    ///   - targets: `[N, K]`.
    /// - Returns: `[N]`.
    public func crossEntropies(_ logits: Variable, targets: Tensor) throws -> Variable {
        let perSample = try backend.crossEntropy(logits.value, targets: targets, weights: nil).perSample
        return record(perSample, from: [logits]) { [unowned self] gradient in
            // The backend's gradient is that of a mean: of rows weighted by their gradients, and 1 / N of the sum.
            let rowCount = try backend.tensor(repeating: Float(gradient.count), [1])
            try send(
                backend.crossEntropyGradient(rowCount, logits: logits.value, targets: targets, weights: gradient),
                to: logits)
        }
    }

    /// `Σ weight · loss`: the loss to minimise, of its terms.
    ///
    /// - Throws: `TensorError.invalidArgument` if there is no term or a term is not one number.
    public func weightedSum(_ terms: [(weight: Float, loss: Variable)]) throws -> Variable {
        guard let first = terms.first, terms.allSatisfy({ $0.loss.value.count == 1 }) else {
            throw TensorError.invalidArgument(
                operation: "weightedSum", problem: "it takes at least one loss, each of one number")
        }
        let total = try backend.affine(first.loss.value, scale: first.weight, shift: 0)
        for term in terms.dropFirst() {
            try backend.accumulate(term.loss.value, scale: term.weight, into: total)
        }
        return record(total, from: terms.map(\.loss)) { [unowned self] gradient in
            for term in terms {
                try send(
                    term.weight == 1 ? gradient : backend.affine(gradient, scale: term.weight, shift: 0), to: term.loss)
            }
        }
    }
}
