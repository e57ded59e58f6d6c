import Tensors

private let file = "Normalization/BatchNormalization.cl"

extension OpenCLBackend: NormalizationOperations {
    /// Two launches, moments of chunks of rows and their merging; one if the moments are known. In float32, merged by
    /// Chan's formula.
    public func batchStatistics(
        of input: Tensor, moments: ChannelMoments?, runningMean: Tensor, runningVariance: Tensor, epsilon: Float,
        momentum: Float
    ) throws -> BatchStatistics {
        let operation = "batchStatistics"
        let channels = try expectChannels(
            of: input, operation,
            [("the running mean", runningMean), ("the running variance", runningVariance)])
        try Expect.positive(
            input.shape.rows, "the number of elements for each channel", operation: operation)
        let chunks = RowChunks(of: input.shape, geometry: programs.geometry, areMerged: true)
        let definitions = Definitions(storing: input.elementType)
        let moments = try moments ?? gatherMoments(of: input, chunks)
        try Expect.positive(moments.rowsPerChunk, "the moments' rows of a chunk", operation: operation)
        try Expect.floats(
            moments.chunks, [input.shape.rows.dividedRoundingUp(by: moments.rowsPerChunk), 2, channels], "the moments",
            operation: operation)
        let statistics = BatchStatistics(
            mean: try makeTensor([channels], .float32), inverseStandardDeviation: try makeTensor([channels], .float32))
        try launch(
            "mergeStatistics", in: file, definitions: definitions, global: chunks.mergingGlobal,
            local: chunks.mergingLocal,
            arguments: [
                .tensor(moments.chunks), .tensor(statistics.mean), .tensor(statistics.inverseStandardDeviation),
                .tensor(runningMean), .tensor(runningVariance), .int(input.shape.rows), .int(channels),
                .int(moments.rowsPerChunk), .float(epsilon), .float(momentum),
            ])
        return statistics
    }

    private func gatherMoments(of input: Tensor, _ chunks: RowChunks) throws -> ChannelMoments {
        let moments = ChannelMoments(
            chunks: try makeTensor([chunks.count, 2, input.shape.columns], .float32), rowsPerChunk: chunks.rowsPerChunk)
        try launch(
            "batchStatisticsOfChunks", in: file, definitions: Definitions(storing: input.elementType),
            global: chunks.global, local: chunks.local,
            arguments: [.tensor(input), .tensor(moments.chunks)] + chunks.arguments)
        return moments
    }

    /// One small launch.
    public func inferenceStatistics(
        runningMean: Tensor, runningVariance: Tensor, epsilon: Float
    ) throws -> BatchStatistics {
        let channels = try expectChannels(
            of: runningVariance, "inferenceStatistics",
            [("the running mean", runningMean), ("the running variance", runningVariance)])
        let chunks = RowChunks(of: runningVariance.shape, geometry: programs.geometry, areMerged: true)
        let inverse = try makeTensor([channels], .float32)
        try launch(
            "inverseDeviations", in: file, global: chunks.mergingGlobal, local: chunks.mergingLocal,
            arguments: [.tensor(runningVariance), .tensor(inverse), .int(channels), .float(epsilon)])
        return BatchStatistics(mean: runningMean, inverseStandardDeviation: inverse)
    }

    /// One launch, in float32.
    public func normalize(_ input: Tensor, by normalization: ChannelNormalization) throws -> Tensor {
        try expect(normalization, suits: input, operation: "normalize")
        let chunks = RowChunks(of: input.shape, geometry: programs.geometry, areMerged: false)
        let output = try makeTensor(input.shape, input.elementType)
        try launch(
            "normalizeBatch", in: file, definitions: Definitions(storing: input.elementType), global: chunks.global,
            local: chunks.local,
            arguments: [
                .tensor(input), .tensor(normalization.scale), .tensor(normalization.shift),
                .tensor(normalization.statistics.mean), .tensor(normalization.statistics.inverseStandardDeviation),
                .tensor(output),
            ] + chunks.arguments + [.float(normalization.negativeSlope)])
        return output
    }

    /// Three launches: sums of chunks of rows, their merging in ascending order, and the input's gradient.
    public func batchNormalizationTrainingGradient(
        _ outputGradient: Tensor, input: Tensor, normalization: ChannelNormalization,
        intoScale scaleGradient: Tensor, intoShift shiftGradient: Tensor, adding received: Tensor?
    ) throws -> Tensor {
        try batchNormalizationTrainingGradient(
            outputGradient, input: input, normalization: normalization, sums: nil, intoScale: scaleGradient,
            intoShift: shiftGradient, adding: received)
    }

    /// - Parameter sums: `[chunks, 2, C]` as in ``NormalizationGradientSums``, if they are known: a launch less.
    func batchNormalizationTrainingGradient(
        _ outputGradient: Tensor, input: Tensor, normalization: ChannelNormalization, sums: Tensor?,
        intoScale scaleGradient: Tensor, intoShift shiftGradient: Tensor, adding received: Tensor?
    ) throws -> Tensor {
        let operation = "batchNormalizationTrainingGradient"
        let channels = try expectChannels(
            of: input, operation,
            [("the scale gradient", scaleGradient), ("the shift gradient", shiftGradient)])
        try expect(normalization, suits: input, operation: operation)
        try Expect.activations(outputGradient, input.shape, as: input, "the output gradient", operation: operation)
        if let received {
            try Expect.activations(received, input.shape, as: input, "the received gradient", operation: operation)
        }
        try Expect.positive(
            input.shape.rows, "the number of elements for each channel", operation: operation)
        let chunks = RowChunks(of: input.shape, geometry: programs.geometry, areMerged: true)
        let pieces = RowChunks(of: input.shape, geometry: programs.geometry, areMerged: false)
        let definitions = Definitions(storing: input.elementType)
        let givens: [KernelArgument] = [
            .tensor(outputGradient), .tensor(input), .tensor(normalization.scale), .tensor(normalization.shift),
            .tensor(normalization.statistics.mean), .tensor(normalization.statistics.inverseStandardDeviation),
        ]
        let partials = try sums ?? makeTensor([chunks.count, 2, channels], .float32)
        if sums == nil {
            try launch(
                "gradientSumsOfChunks", in: file, definitions: definitions, global: chunks.global, local: chunks.local,
                arguments: givens + [.tensor(partials)] + chunks.arguments + [.float(normalization.negativeSlope)])
        }
        try launch(
            "mergeGradientSums", in: file, definitions: definitions, global: chunks.mergingGlobal,
            local: chunks.mergingLocal,
            arguments: [
                .tensor(partials), .tensor(scaleGradient), .tensor(shiftGradient), .int(partials.shape[0]),
                .int(channels),
            ])
        let inputGradient = try makeTensor(input.shape, input.elementType)
        try launch(
            "batchInputGradient", in: file, definitions: definitions, global: pieces.global, local: pieces.local,
            arguments: givens + [
                .tensor(scaleGradient), .tensor(shiftGradient), .tensor(received ?? inputGradient),
                .int(received == nil ? 0 : 1), .tensor(inputGradient),
            ] + pieces.arguments + [.float(normalization.negativeSlope)])
        return inputGradient
    }

    /// Checks that a normalization is of the input's channels, and its slope.
    func expect(_ normalization: ChannelNormalization, suits input: Tensor, operation: String) throws {
        try Expect.negativeSlope(of: normalization, operation: operation)
        _ = try expectChannels(
            of: input, operation,
            [
                ("the scale", normalization.scale), ("the shift", normalization.shift),
                ("the mean", normalization.statistics.mean),
                ("the inverse standard deviation", normalization.statistics.inverseStandardDeviation),
            ])
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
    let rowsPerChunk: Int
    private let geometry: KernelGeometry

    /// - Parameter areMerged: whether the chunks' results are merged by work-items that go through all of them.
    init(of shape: Shape, geometry: KernelGeometry, areMerged: Bool) {
        (rows, channels) = (shape.rows, shape.columns)
        self.geometry = geometry
        if geometry.vector > 1 {
            // About 32 KiB, which stay in the cache between the two times that a block is read.
            rowsPerChunk = max(32, (8 << 10) / max(1, channels) / 32 * 32)
        } else if areMerged {
            // A work-item goes through the rows of a chunk twice, a merging one through the chunks once, each waiting for
            // memory: together they take least when there are about twice as many chunks as rows in one.
            rowsPerChunk = (Int(Double(rows / 2).squareRoot()) + 1).rounded(upTo: 32)
        } else {
            rowsPerChunk = 32
        }
    }

    var count: Int { rows.dividedRoundingUp(by: rowsPerChunk) }

    /// The rows, the channels and the rows of a chunk, in the kernels' order.
    var arguments: [KernelArgument] { [.int(rows), .int(channels), .int(rowsPerChunk)] }

    /// Work-items of the kernels that take a chunk each; those behind the last chunk find no rows.
    var global: [Int] { geometry.channelItems(channels: channels, rows: count) }
    var local: [Int] { geometry.channelGroup(channels: channels) }

    /// Work-items of the kernels that merge the chunks.
    var mergingGlobal: [Int] {
        [channels.dividedRoundingUp(by: geometry.vector).rounded(upTo: mergingLocal[0])]
    }
    var mergingLocal: [Int] { [geometry.channelGroup(channels: channels)[0]] }
}
