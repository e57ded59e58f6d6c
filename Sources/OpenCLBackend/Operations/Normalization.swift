import Tensors

private let file = "Normalization/BatchNormalization.cl"

extension OpenCLBackend: NormalizationOperations {
    /// Three launches: moments of chunks of rows, their merging, and the output. In float32, merged by Chan's formula.
    public func batchNormalizationTraining(
        _ input: Tensor, scale: Tensor, shift: Tensor, runningMean: Tensor, runningVariance: Tensor,
        epsilon: Float, momentum: Float, negativeSlope: Float
    ) throws -> (output: Tensor, statistics: BatchStatistics) {
        let operation = "batchNormalizationTraining"
        let channels = try expectChannels(
            of: input, operation,
            [
                ("the scale", scale), ("the shift", shift), ("the running mean", runningMean),
                ("the running variance", runningVariance),
            ])
        try Expect.positive(
            input.shape.rows, "the number of elements for each channel", operation: operation)
        let statistics = BatchStatistics(
            mean: try makeTensor([channels], .float32), inverseStandardDeviation: try makeTensor([channels], .float32))
        let chunks = RowChunks(of: input.shape, geometry: programs.geometry)
        let definitions = Definitions(storing: input.elementType)
        let partials = try makeTensor([chunks.count, 2, channels], .float32)
        try launch(
            "batchStatisticsOfChunks", in: file, definitions: definitions, global: chunks.global, local: chunks.local,
            arguments: [.tensor(input), .tensor(partials)] + chunks.arguments)
        try launch(
            "mergeStatistics", in: file, definitions: definitions, global: chunks.mergingGlobal,
            local: chunks.mergingLocal,
            arguments: [
                .tensor(partials), .tensor(statistics.mean), .tensor(statistics.inverseStandardDeviation),
                .tensor(runningMean), .tensor(runningVariance),
            ] + chunks.arguments + [.float(epsilon), .float(momentum)])
        let output = try makeTensor(input.shape, input.elementType)
        try launch(
            "normalizeBatch", in: file, definitions: definitions, global: chunks.global, local: chunks.local,
            arguments: [
                .tensor(input), .tensor(scale), .tensor(shift), .tensor(statistics.mean),
                .tensor(statistics.inverseStandardDeviation), .tensor(output),
            ] + chunks.arguments + [.float(negativeSlope)])
        return (output, statistics)
    }

    /// Three launches: sums of chunks of rows, their merging in ascending order, and the input's gradient.
    public func batchNormalizationTrainingGradient(
        _ outputGradient: Tensor, input: Tensor, scale: Tensor, shift: Tensor, statistics: BatchStatistics,
        negativeSlope: Float, intoScale scaleGradient: Tensor, intoShift shiftGradient: Tensor,
        adding received: Tensor?
    ) throws -> Tensor {
        let operation = "batchNormalizationTrainingGradient"
        let channels = try expectChannels(
            of: input, operation,
            [
                ("the scale", scale), ("the shift", shift), ("the mean", statistics.mean),
                ("the inverse standard deviation", statistics.inverseStandardDeviation),
                ("the scale gradient", scaleGradient), ("the shift gradient", shiftGradient),
            ])
        try Expect.activations(outputGradient, input.shape, as: input, "the output gradient", operation: operation)
        if let received {
            try Expect.activations(received, input.shape, as: input, "the received gradient", operation: operation)
        }
        try Expect.positive(
            input.shape.rows, "the number of elements for each channel", operation: operation)
        let chunks = RowChunks(of: input.shape, geometry: programs.geometry)
        let definitions = Definitions(storing: input.elementType)
        let partials = try makeTensor([chunks.count, 2, channels], .float32)
        let givens: [KernelArgument] = [
            .tensor(outputGradient), .tensor(input), .tensor(scale), .tensor(shift), .tensor(statistics.mean),
            .tensor(statistics.inverseStandardDeviation),
        ]
        try launch(
            "gradientSumsOfChunks", in: file, definitions: definitions, global: chunks.global, local: chunks.local,
            arguments: givens + [.tensor(partials)] + chunks.arguments + [.float(negativeSlope)])
        try launch(
            "mergeGradientSums", in: file, definitions: definitions, global: chunks.mergingGlobal,
            local: chunks.mergingLocal,
            arguments: [
                .tensor(partials), .tensor(scaleGradient), .tensor(shiftGradient), .int(chunks.count), .int(channels),
            ])
        let inputGradient = try makeTensor(input.shape, input.elementType)
        try launch(
            "batchInputGradient", in: file, definitions: definitions, global: chunks.global, local: chunks.local,
            arguments: givens + [
                .tensor(scaleGradient), .tensor(shiftGradient), .tensor(received ?? inputGradient),
                .int(received == nil ? 0 : 1), .tensor(inputGradient),
            ] + chunks.arguments + [.float(negativeSlope)])
        return inputGradient
    }

    /// One launch, in float32.
    public func batchNormalizationInference(
        _ input: Tensor, scale: Tensor, shift: Tensor, runningMean: Tensor, runningVariance: Tensor,
        epsilon: Float, negativeSlope: Float
    ) throws -> Tensor {
        _ = try expectChannels(
            of: input, "batchNormalizationInference",
            [
                ("the scale", scale), ("the shift", shift), ("the running mean", runningMean),
                ("the running variance", runningVariance),
            ])
        let chunks = RowChunks(of: input.shape, geometry: programs.geometry)
        let definitions = Definitions(storing: input.elementType)
        let output = try makeTensor(input.shape, input.elementType)
        try launch(
            "normalizeInference", in: file, definitions: definitions, global: chunks.global, local: chunks.local,
            arguments: [
                .tensor(input), .tensor(scale), .tensor(shift), .tensor(runningMean), .tensor(runningVariance),
                .tensor(output),
            ] + chunks.arguments + [.float(epsilon), .float(negativeSlope)])
        return output
    }

    /// Checks that the input has channels and the other tensors one float for each; how many channels.
    private func expectChannels(
        of input: Tensor, _ operation: String, _ tensors: [(name: String, tensor: Tensor)]
    ) throws -> Int {
        try Expect.activationRows(input, "the input", operation: operation)
        for (name, tensor) in tensors {
            try Expect.floats(tensor, [input.shape.columns], name, operation: operation)
        }
        return input.shape.columns
    }
}

/// How the rows of `[rows, C]` are divided among the work-items of BatchNormalization.cl.
private struct RowChunks {
    private let rows: Int
    private let channels: Int
    private let rowsPerChunk: Int
    private let geometry: KernelGeometry
    /// Work-items of a work-group along the channels, on a GPU-like device.
    private let channelItems: Int

    init(of shape: Shape, geometry: KernelGeometry) {
        (rows, channels) = (shape.rows, shape.columns)
        self.geometry = geometry
        if geometry.vector > 1 {
            // About 32 KiB, which stay in the cache between the two times that a block is read.
            rowsPerChunk = max(32, (8 << 10) / max(1, channels) / 32 * 32)
            channelItems = 1
        } else {
            // Enough chunks to fill a device, few enough to merge quickly.
            rowsPerChunk = max(32, rows.dividedRoundingUp(by: 256))
            channelItems = min(32, geometry.chunkItems)
        }
    }

    var count: Int { rows.dividedRoundingUp(by: rowsPerChunk) }

    /// The rows, the channels and the rows of a chunk, in the kernels' order.
    var arguments: [KernelArgument] { [.int(rows), .int(channels), .int(rowsPerChunk)] }

    /// Work-items of the kernels that take a chunk each.
    var global: [Int] {
        [geometry.vector > 1 ? 1 : channels.dividedRoundingUp(by: channelItems) * channelItems, count]
    }
    var local: [Int] { [channelItems, 1] }

    /// Work-items of the kernels that merge the chunks.
    var mergingGlobal: [Int] {
        [channels.dividedRoundingUp(by: geometry.vector * channelItems) * channelItems]
    }
    var mergingLocal: [Int] { [channelItems] }
}
