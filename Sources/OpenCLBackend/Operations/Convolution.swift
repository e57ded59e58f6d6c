import Tensors

extension OpenCLBackend: ConvolutionOperations {
    /// By the first of `Convolution2DImplementations.forward` that suits device and shapes; sums in float32.
    public func convolution2D(
        _ input: Tensor, filter: Tensor, stride: Int, padding: Int, adding residual: Tensor?
    ) throws -> Tensor {
        let operation = "convolution2D"
        let problem = try Convolution2DProblem(
            input: input.shape, filter: filter.shape, stride: stride, padding: padding, hasAddend: residual != nil,
            activations: input.elementType)
        try Expect.activations(input, "the input", operation: operation)
        try Expect.elementType(filter, .float32, "the filter", operation: operation)
        if let residual {
            try Expect.activations(residual, problem.outputShape, as: input, "the residual", operation: operation)
        }
        let output = try makeTensor(problem.outputShape, input.elementType)
        try Convolution2DImplementations.forward.enqueue(
            problem, Convolution2DOperands(first: input, second: filter, addend: residual, result: output), on: self)
        return output
    }

    /// By the first of `Convolution2DImplementations.inputGradient` that suits; sums in float32.
    public func convolution2DInputGradient(
        _ outputGradient: Tensor, filter: Tensor, inputShape: Shape, stride: Int, padding: Int,
        adding received: Tensor?
    ) throws -> Tensor {
        let operation = "convolution2DInputGradient"
        let problem = try Convolution2DProblem(
            input: inputShape, filter: filter.shape, stride: stride, padding: padding, hasAddend: received != nil,
            activations: outputGradient.elementType)
        try Expect.activations(outputGradient, "the output gradient", operation: operation)
        try Expect.shape(outputGradient, problem.outputShape, "the output gradient", operation: operation)
        try Expect.elementType(filter, .float32, "the filter", operation: operation)
        if let received {
            try Expect.activations(
                received, inputShape, as: outputGradient, "the received gradient", operation: operation)
        }
        let inputGradient = try makeTensor(inputShape, outputGradient.elementType)
        try Convolution2DImplementations.inputGradient.enqueue(
            problem,
            Convolution2DOperands(first: outputGradient, second: filter, addend: received, result: inputGradient),
            on: self)
        return inputGradient
    }

    /// By the first of `Convolution2DImplementations.filterGradient` that suits; sums in float32, in fixed order.
    public func convolution2DFilterGradient(
        _ outputGradient: Tensor, input: Tensor, stride: Int, padding: Int, into filterGradient: Tensor
    ) throws {
        let operation = "convolution2DFilterGradient"
        let problem = try Convolution2DProblem(
            input: input.shape, filter: filterGradient.shape, stride: stride, padding: padding,
            activations: input.elementType)
        try Expect.activations(input, "the input", operation: operation)
        try Expect.activations(
            outputGradient, problem.outputShape, as: input, "the output gradient", operation: operation)
        try Expect.elementType(filterGradient, .float32, "the filter gradient", operation: operation)
        try Convolution2DImplementations.filterGradient.enqueue(
            problem,
            Convolution2DOperands(first: outputGradient, second: input, addend: nil, result: filterGradient), on: self)
    }
}
