import Tensors

/// The filter gradient on CPU-like devices: DirectFilterGradient.cl.
struct DirectFilterGradient: Implementation {
    let name = "direct"
    let family: OpenCLDevice.Family? = .cpuLike

    /// Blocks of output channels that share a copy of the input; more are left to other work-items.
    private static let blocksPerItem = 4

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        problem.inputChannels >= 8 && problem.outputChannels >= 16 && FilterGradientBand(problem, on: device) != nil
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        guard let band = FilterGradientBand(problem, on: backend.hardware) else {
            throw refusal(of: problem, on: backend)
        }
        let groups = problem.outputChannels.dividedRoundingUp(by: 16 * band.panels * Self.blocksPerItem)
        let chunks = FilterGradientChunks(
            total: band.segments, unit: band.segmentsPerBlock, groupsPerChunk: groups,
            partialCount: problem.filterShape.count, on: backend.hardware)
        let extents = [
            problem.batch, problem.inputHeight, problem.inputWidth, problem.inputChannels, problem.outputHeight,
            problem.outputWidth, problem.outputChannels, problem.filterHeight, problem.filterWidth, problem.padding,
            problem.stride, chunks.length, band.segmentsPerBlock, band.rowsPerSegment, Self.blocksPerItem,
        ]
        try chunks.enqueue(into: operands.result, on: backend) { partials in
            try backend.launch(
                "filterGradientDirect", in: "Convolution/DirectFilterGradient.cl",
                definitions: Definitions(
                    storing: problem.activations,
                    [
                        "CHANNELS": .integer(band.channels), "PANELS": .integer(band.panels),
                        "SPAN": .integer(band.span),
                    ]),
                global: [groups, chunks.count], local: [1, 1],
                arguments: [.tensor(operands.first), .tensor(operands.second), .tensor(partials)]
                    + extents.map(KernelArgument.int) + band.arguments(outputWidth: problem.outputWidth))
        }
    }
}
