import Tensors

private let file = "Pooling/Pooling.cl"

extension OpenCLBackend: PoolingOperations {
    /// One launch. Each row of pixels is added up in float32 by itself, then the rows in ascending order.
    public func globalAveragePooling(_ input: Tensor) throws -> Tensor {
        let operation = "globalAveragePooling"
        let shape = try expectImages(input.shape, operation)
        try Expect.activations(input, "the input", operation: operation)
        let output = try makeTensor([shape[0], shape[3]], .float32)
        try launchPooling(
            "globalAveragePooling", of: input.elementType, rows: shape[0], channels: shape[3], [input, output],
            [shape[0], shape[1], shape[2], shape[3]])
        return output
    }

    /// One launch, a work-item to each row of pixels (on GPU-like devices, and channel).
    public func globalAveragePoolingGradient(
        _ outputGradient: Tensor, inputShape: Shape, inputType: ElementType
    ) throws -> Tensor {
        let operation = "globalAveragePoolingGradient"
        let shape = try expectImages(inputShape, operation)
        try Expect.floats(outputGradient, [shape[0], shape[3]], "the output gradient", operation: operation)
        let inputGradient = try makeTensor(shape, inputType)
        try Expect.activations(inputGradient, "the input", operation: operation)
        let rows = shape[0] * shape[1]
        try launchPooling(
            "globalAveragePoolingGradient", of: inputType, rows: rows, channels: shape[3],
            [outputGradient, inputGradient],
            [rows, shape[1], shape[2], shape[3]])
        return inputGradient
    }

    /// One launch, a work-item to each row of output pixels (on GPU-like devices, and channel).
    public func maxPooling(
        _ input: Tensor, window: Int, stride: Int, padding: Int
    ) throws -> (output: Tensor, indices: Tensor) {
        let problem = try Pooling2DProblem(input: input.shape, window: window, stride: stride, padding: padding)
        try Expect.activations(input, "the input", operation: "maxPooling")
        let output = try makeTensor(problem.outputShape, input.elementType)
        let indices = try makeTensor(problem.outputShape, .int32)
        let rows = problem.outputShape[0] * problem.outputShape[1]
        try launchPooling(
            "maxPooling", of: input.elementType, rows: rows, channels: input.shape[3], [input, output, indices],
            [rows] + problem.extents)
        return (output, indices)
    }

    /// One launch. Each input pixel looks for itself in the windows that cover it, in row-major order.
    public func maxPoolingGradient(
        _ outputGradient: Tensor, indices: Tensor, inputShape: Shape, window: Int, stride: Int, padding: Int
    ) throws -> Tensor {
        let operation = "maxPoolingGradient"
        let problem = try Pooling2DProblem(input: inputShape, window: window, stride: stride, padding: padding)
        try Expect.activations(outputGradient, "the output gradient", operation: operation)
        try Expect.shape(outputGradient, problem.outputShape, "the output gradient", operation: operation)
        try Expect.shape(indices, problem.outputShape, "the indices", operation: operation)
        try Expect.elementType(indices, .int32, "the indices", operation: operation)
        let inputGradient = try makeTensor(inputShape, outputGradient.elementType)
        let rows = inputShape[0] * inputShape[1]
        try launchPooling(
            "maxPoolingGradient", of: outputGradient.elementType, rows: rows, channels: inputShape[3],
            [outputGradient, indices, inputGradient],
            [rows] + problem.extents)
        return inputGradient
    }

    /// Enqueues a kernel with a work-item for each row of pixels, and on GPU-like devices for each channel as well.
    private func launchPooling(
        _ kernel: String, of activations: ElementType, rows: Int, channels: Int, _ tensors: [Tensor], _ extents: [Int]
    ) throws {
        try launch(
            kernel, in: file, definitions: Definitions(storing: activations),
            global: programs.geometry.channelItems(channels: channels, rows: rows),
            local: programs.geometry.channelGroup(channels: channels),
            arguments: tensors.map(KernelArgument.tensor) + extents.map(KernelArgument.int))
    }

    /// Checks that a shape is `[N, H, W, C]` with pixels and channels.
    private func expectImages(_ shape: Shape, _ operation: String) throws -> Shape {
        guard shape.rank == 4, shape[1] > 0, shape[2] > 0, shape[3] > 0 else {
            throw TensorError.invalidArgument(
                operation: operation, problem: "the input is \(shape), must be [N, H, W, C] with pixels and channels")
        }
        return shape
    }
}

extension Pooling2DProblem {
    /// The extents in the kernels' order.
    fileprivate var extents: [Int] {
        [
            inputShape[1], inputShape[2], outputShape[1], outputShape[2], inputShape[3], window, stride, padding,
        ]
    }
}
