import Tensors

extension Tape {
    /// The softmax of each row of `[N, K]`.
    public func softmax(_ logits: Variable) throws -> Variable {
        let output = try backend.softmax(logits.value)
        return record(output, from: [logits]) { [unowned self] gradient in
            try send(backend.softmaxGradient(gradient, output: output), to: logits)
        }
    }

    /// The logarithm of the softmax of each row of `[N, K]`.
    public func logSoftmax(_ logits: Variable) throws -> Variable {
        let output = try backend.logSoftmax(logits.value)
        return record(output, from: [logits]) { [unowned self] gradient in
            try send(backend.logSoftmaxGradient(gradient, output: output), to: logits)
        }
    }

    /// `[1]`: the mean over all N·K entries of `(softmax(logits) − softmax(targetLogits))²`; the target is a constant.
    public func softmaxMeanSquaredError(_ logits: Variable, targetLogits: Tensor) throws -> Variable {
        let loss = try backend.softmaxMeanSquaredError(logits.value, targetLogits: targetLogits)
        return record(loss, from: [logits]) { [unowned self] lossGradient in
            try send(
                backend.softmaxMeanSquaredErrorGradient(
                    lossGradient, logits: logits.value, targetLogits: targetLogits),
                to: logits)
        }
    }
}
