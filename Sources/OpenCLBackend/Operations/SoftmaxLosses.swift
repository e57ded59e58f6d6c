import Tensors

/// Kernels: Softmax/losses.cl. Losses take two launches (rows, then their sum), gradients and entropies one.
extension OpenCLBackend: SoftmaxOperations {
    private static let kernels = "Softmax/losses.cl"

    /// Each row is read twice; no probabilities are written. One work-group adds the samples up.
    public func crossEntropy(
        _ logits: Tensor, targets: Tensor, weights: Tensor?
    ) throws -> (perSample: Tensor, loss: Tensor) {
        try expectCrossEntropyOperands(logits, targets, weights, operation: "crossEntropy")
        let (rows, columns) = (logits.shape[0], logits.shape[1])
        let perSample = try makeTensor([rows], .float32)
        try launchRows(
            "crossEntropyRows", in: Self.kernels, rows: rows, elementsPerRow: columns,
            arguments: [.tensor(logits), .tensor(targets), .tensor(perSample), .int(columns)])
        return (perSample, try weightedSum(perSample, weights: weights, scale: 1 / Float(max(1, rows))))
    }

    /// The softmax is computed again from the logits, in the same launch.
    public func crossEntropyGradient(
        _ lossGradient: Tensor, logits: Tensor, targets: Tensor, weights: Tensor?
    ) throws -> Tensor {
        let operation = "crossEntropyGradient"
        try expectCrossEntropyOperands(logits, targets, weights, operation: operation)
        try Expect.floats(lossGradient, [1], "the loss gradient", operation: operation)
        let (rows, columns) = (logits.shape[0], logits.shape[1])
        let gradient = try makeTensor(logits.shape, .float32)
        try launchRows(
            operation, in: Self.kernels, rows: rows, elementsPerRow: columns,
            arguments: [
                .tensor(lossGradient), .tensor(logits), .tensor(targets),
                // Without weights the kernel does not read them: any tensor will do.
                .tensor(weights ?? targets), .tensor(gradient), .int(weights == nil ? 0 : 1),
                .float(1 / Float(max(1, rows))), .int(columns),
            ])
        return gradient
    }

    /// Both softmaxes are computed on the way; one work-group adds the rows up.
    public func softmaxMeanSquaredError(_ logits: Tensor, targetLogits: Tensor) throws -> Tensor {
        let operation = "softmaxMeanSquaredError"
        try Expect.matrix(logits, "the logits", operation: operation)
        try Expect.floats(targetLogits, logits.shape, "the target logits", operation: operation)
        let (rows, columns) = (logits.shape[0], logits.shape[1])
        let perSample = try makeTensor([rows], .float32)
        try launchRows(
            "squaredErrorRows", in: Self.kernels, rows: rows, elementsPerRow: columns,
            arguments: [.tensor(logits), .tensor(targetLogits), .tensor(perSample), .int(columns)])
        return try weightedSum(perSample, weights: nil, scale: 1 / Float(max(1, logits.count)))
    }

    /// Both softmaxes are computed again from the logits, in the same launch.
    public func softmaxMeanSquaredErrorGradient(
        _ lossGradient: Tensor, logits: Tensor, targetLogits: Tensor
    ) throws -> Tensor {
        let operation = "softmaxMeanSquaredErrorGradient"
        try Expect.matrix(logits, "the logits", operation: operation)
        try Expect.floats(targetLogits, logits.shape, "the target logits", operation: operation)
        try Expect.floats(lossGradient, [1], "the loss gradient", operation: operation)
        let (rows, columns) = (logits.shape[0], logits.shape[1])
        let gradient = try makeTensor(logits.shape, .float32)
        try launchRows(
            "squaredErrorGradient", in: Self.kernels, rows: rows, elementsPerRow: columns,
            arguments: [
                .tensor(lossGradient), .tensor(logits), .tensor(targetLogits), .tensor(gradient),
                .float(2 / Float(max(1, logits.count))), .int(columns),
            ])
        return gradient
    }

    /// A work-group to some rows; each is read once.
    public func entropy(_ probabilities: Tensor) throws -> Tensor {
        try Expect.matrix(probabilities, "the probabilities", operation: "entropy")
        let (rows, columns) = (probabilities.shape[0], probabilities.shape[1])
        let entropies = try makeTensor([rows], .float32)
        try launchRows(
            "entropyRows", in: Self.kernels, rows: rows, elementsPerRow: columns,
            arguments: [.tensor(probabilities), .tensor(entropies), .int(columns)])
        return entropies
    }

    /// `scale · Σ weights_i · perSample_i`, by one work-group.
    private func weightedSum(_ perSample: Tensor, weights: Tensor?, scale: Float) throws -> Tensor {
        let loss = try makeTensor([1], .float32)
        let group = programs.geometry.rowItems
        try launch(
            "weightedSum", in: Self.kernels, global: [group], local: [group],
            arguments: [
                .tensor(perSample), .tensor(weights ?? perSample), .tensor(loss), .int(perSample.count),
                .int(weights == nil ? 0 : 1), .float(scale),
            ])
        return loss
    }

    private func expectCrossEntropyOperands(
        _ logits: Tensor, _ targets: Tensor, _ weights: Tensor?, operation: String
    ) throws {
        try Expect.matrix(logits, "the logits", operation: operation)
        try Expect.floats(targets, logits.shape, "the targets", operation: operation)
        if let weights { try Expect.floats(weights, [logits.shape[0]], "the weights", operation: operation) }
    }
}
