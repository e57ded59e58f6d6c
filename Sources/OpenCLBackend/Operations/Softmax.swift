import Tensors

/// Kernels: Softmax/softmax.cl. One launch each.
extension OpenCLBackend {
    /// Each row is read three times: for its largest logit, for the sum of exponentials, and for the output.
    public func softmax(_ logits: Tensor) throws -> Tensor {
        try mapLogits("softmax", logits)
    }

    /// Each row is read twice: for its product with the output, and for the gradient.
    public func softmaxGradient(_ outputGradient: Tensor, output: Tensor) throws -> Tensor {
        try mapOutput("softmaxGradient", outputGradient, output)
    }

    /// Each row is read three times: for its largest logit, for the sum of exponentials, and for the output.
    public func logSoftmax(_ logits: Tensor) throws -> Tensor {
        try mapLogits("logSoftmax", logits)
    }

    /// Each row is read twice: for its sum, and for the gradient.
    public func logSoftmaxGradient(_ outputGradient: Tensor, output: Tensor) throws -> Tensor {
        try mapOutput("logSoftmaxGradient", outputGradient, output)
    }

    private func mapLogits(_ kernel: String, _ logits: Tensor) throws -> Tensor {
        try Expect.matrix(logits, "the logits", operation: kernel)
        let (rows, columns) = (logits.shape[0], logits.shape[1])
        let output = try makeTensor(logits.shape, .float32)
        try launchRows(
            kernel, in: "Softmax/softmax.cl", rows: rows, elementsPerRow: columns,
            arguments: [.tensor(logits), .tensor(output), .int(columns)])
        return output
    }

    private func mapOutput(_ kernel: String, _ outputGradient: Tensor, _ output: Tensor) throws -> Tensor {
        try Expect.floats(outputGradient, output.shape, "the output gradient", operation: kernel)
        try Expect.matrix(output, "the output", operation: kernel)
        let (rows, columns) = (output.shape[0], output.shape[1])
        let inputGradient = try makeTensor(output.shape, .float32)
        try launchRows(
            kernel, in: "Softmax/softmax.cl", rows: rows, elementsPerRow: columns,
            arguments: [.tensor(outputGradient), .tensor(output), .tensor(inputGradient), .int(columns)])
        return inputGradient
    }
}
