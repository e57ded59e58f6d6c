import Tensors

extension OpenCLBackend: ConvolutionOperations {
    /// By the first of `Convolution2DImplementations.forward` that suits device and shapes; sums in float32.
    public func convolution2D(
        _ input: Tensor, normalizedBy normalization: ChannelNormalization?, filter: Tensor, stride: Int, padding: Int,
        adding residual: Tensor?, gatheringMoments gathersMoments: Bool
    ) throws -> (output: Tensor, moments: ChannelMoments?) {
        let operation = "convolution2D"
        let problem = try Convolution2DProblem(
            input: input.shape, filter: filter.shape, stride: stride, padding: padding, hasAddend: residual != nil,
            activations: input.elementType)
        try Expect.activations(input, "the input", operation: operation)
        try Expect.elementType(filter, .float32, "the filter", operation: operation)
        if let residual {
            try Expect.activations(residual, problem.outputShape, as: input, "the residual", operation: operation)
        }
        let implementation = try Convolution2DImplementations.forward.implementation(for: problem, on: self)
        var operands = Convolution2DOperands(
            first: input, second: filter, addend: residual,
            result: try makeTensor(problem.outputShape, input.elementType))
        (operands.first, operands.normalization) = try read(
            input, normalizedBy: normalization, in: problem, by: implementation, operation)
        if gathersMoments, problem.fusesNormalization,
            let rows = (implementation as? any MomentGathering)?.rowsPerChunk(problem, on: hardware)
        {
            operands.moments = ChannelMoments(
                chunks: try makeTensor(
                    [operands.result.shape.rows.dividedRoundingUp(by: rows), 2, problem.outputChannels], .float32),
                rowsPerChunk: rows)
        }
        try Convolution2DImplementations.forward.enqueue(problem, operands, by: implementation, on: self)
        return (operands.result, operands.moments)
    }

    /// If the implementations chosen for both do. Halves are normalised apart even then, for each of the two anew: that takes
    /// a pass more, but the normalised activations need not be kept.
    public func normalizesWhileReading(_ problem: Convolution2DProblem) -> Bool {
        let forward = try? Convolution2DImplementations.forward.implementation(for: problem, on: self)
        let gradient = try? Convolution2DImplementations.filterGradient.implementation(
            for: problem.withoutAddend, on: self)
        return forward is any NormalizingConvolution && gradient is any NormalizingConvolution
    }

    /// By the first of `Convolution2DImplementations.inputGradient` that suits; sums in float32.
    public func convolution2DInputGradient(
        _ outputGradient: Tensor, filter: Tensor, inputShape: Shape, stride: Int, padding: Int,
        adding received: Tensor?
    ) throws -> Tensor {
        let problem = try Convolution2DProblem(
            input: inputShape, filter: filter.shape, stride: stride, padding: padding, hasAddend: received != nil,
            activations: outputGradient.elementType)
        let operands = try inputGradientOperands(outputGradient, filter: filter, problem, adding: received)
        try Convolution2DImplementations.inputGradient.enqueue(problem, operands, on: self)
        return operands.result
    }

    /// The operands of an input gradient, checked, and a tensor for its result.
    private func inputGradientOperands(
        _ outputGradient: Tensor, filter: Tensor, _ problem: Convolution2DProblem, adding received: Tensor?
    ) throws -> Convolution2DOperands {
        let operation = "convolution2DInputGradient"
        try Expect.activations(outputGradient, "the output gradient", operation: operation)
        try Expect.shape(outputGradient, problem.outputShape, "the output gradient", operation: operation)
        try Expect.elementType(filter, .float32, "the filter", operation: operation)
        if let received {
            try Expect.activations(
                received, problem.inputShape, as: outputGradient, "the received gradient", operation: operation)
        }
        return Convolution2DOperands(
            first: outputGradient, second: filter, addend: received,
            result: try makeTensor(problem.inputShape, outputGradient.elementType))
    }

    /// The normalization's sums come with the input gradient where its implementation gathers them.
    public func convolution2DInputGradient(
        _ outputGradient: Tensor, filter: Tensor, stride: Int, padding: Int,
        through normalization: ChannelNormalization, of input: Tensor, intoScale scaleGradient: Tensor,
        intoShift shiftGradient: Tensor, adding received: Tensor?
    ) throws -> Tensor {
        let operation = "convolution2DInputGradient"
        let problem = try Convolution2DProblem(
            input: input.shape, filter: filter.shape, stride: stride, padding: padding,
            activations: outputGradient.elementType)
        let implementation = try Convolution2DImplementations.inputGradient.implementation(for: problem, on: self)
        var operands = try inputGradientOperands(outputGradient, filter: filter, problem, adding: nil)
        try Expect.activations(input, input.shape, as: outputGradient, "the input", operation: operation)
        try expect(normalization, suits: input, operation: operation)
        if problem.fusesNormalization,
            let chunks = (implementation as? any GradientSumGathering)?.gradientSumChunks(problem, on: hardware)
        {
            operands.gradientSums = NormalizationGradientSums(
                input: input, normalization: normalization,
                chunks: try makeTensor([chunks, 2, problem.inputChannels], .float32))
        }
        try Convolution2DImplementations.inputGradient.enqueue(problem, operands, by: implementation, on: self)
        return try batchNormalizationTrainingGradient(
            operands.result, input: input, normalization: normalization, sums: operands.gradientSums?.chunks,
            intoScale: scaleGradient, intoShift: shiftGradient, adding: received)
    }

    /// By the first of `Convolution2DImplementations.filterGradient` that suits; sums in float32, in fixed order.
    public func convolution2DFilterGradient(
        _ outputGradient: Tensor, input: Tensor, normalizedBy normalization: ChannelNormalization?, stride: Int,
        padding: Int, into filterGradient: Tensor
    ) throws {
        let operation = "convolution2DFilterGradient"
        let problem = try Convolution2DProblem(
            input: input.shape, filter: filterGradient.shape, stride: stride, padding: padding,
            activations: input.elementType)
        try Expect.activations(input, "the input", operation: operation)
        try Expect.activations(
            outputGradient, problem.outputShape, as: input, "the output gradient", operation: operation)
        try Expect.elementType(filterGradient, .float32, "the filter gradient", operation: operation)
        let implementation = try Convolution2DImplementations.filterGradient.implementation(for: problem, on: self)
        var operands = Convolution2DOperands(
            first: outputGradient, second: input, addend: nil, result: filterGradient)
        (operands.second, operands.normalization) = try read(
            input, normalizedBy: normalization, in: problem, by: implementation, operation)
        try Convolution2DImplementations.filterGradient.enqueue(problem, operands, by: implementation, on: self)
    }

    /// What an implementation reads: the input and how to normalise it on the way, or the input normalised before.
    private func read(
        _ input: Tensor, normalizedBy normalization: ChannelNormalization?, in problem: Convolution2DProblem,
        by implementation: any Implementation<Convolution2DProblem, Convolution2DOperands>, _ operation: String
    ) throws -> (input: Tensor, normalization: ChannelNormalization?) {
        guard let normalization else { return (input, nil) }
        try expect(normalization, suits: input, operation: operation)
        if implementation is any NormalizingConvolution, problem.fusesNormalization { return (input, normalization) }
        return (try normalize(input, by: normalization), nil)
    }
}

extension Convolution2DProblem {
    /// Whether a normalization may become part of it without another bit. Not with halves: moments would be those of sums
    /// that are not rounded yet, and what is normalised would never be.
    fileprivate var fusesNormalization: Bool { activations == .float32 }
}
