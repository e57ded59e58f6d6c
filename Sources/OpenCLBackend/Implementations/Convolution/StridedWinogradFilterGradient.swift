import Tensors

/// The filter gradient of 3×3 convolutions of stride 2 on CPU-like devices: StridedWinogradFilterGradient.cl.
struct StridedWinogradFilterGradient: NormalizingConvolution {
    let name = StridedWinograd.implementationName
    let family: OpenCLDevice.Family? = .cpuLike

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        // Drivers align each of the three.
        StridedWinograd.accepts(problem) && Blocks(problem).localBytes.reduce(3 * 128, +) <= device.localMemoryBytes
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        let blocks = Blocks(problem)
        let outputGroups = problem.outputChannels.dividedRoundingUp(by: blocks.outputChannels)
        let inputGroups = problem.inputChannels.dividedRoundingUp(by: blocks.inputChannels)
        let tiles = StridedWinograd.tiles(of: problem).count
        let chunks = FilterGradientChunks(
            total: tiles, unit: Blocks.tiles, groupsPerChunk: outputGroups * inputGroups,
            partialCount: problem.filterShape.count, on: backend.hardware)
        let extents = [
            problem.inputHeight, problem.inputWidth, problem.inputChannels, problem.outputHeight, problem.outputWidth,
            problem.outputChannels, tiles, chunks.length, blocks.inputChannels, blocks.outputChannels,
        ]
        try chunks.enqueue(into: operands.result, on: backend) { partials in
            try backend.launch(
                "filterGradientStridedWinograd", in: "Convolution/StridedWinogradFilterGradient.cl",
                definitions: Definitions(
                    storing: problem.activations,
                    [
                        "TILES": .integer(Blocks.tiles), "CHANNELS": .integer(16 / blocks.panels),
                        "PANELS": .integer(blocks.panels),
                    ]),
                global: [outputGroups, inputGroups, chunks.count], local: [1, 1, 1],
                arguments: [.tensor(operands.first), .tensor(operands.second)] + operands.normalizationArguments
                    + [.tensor(partials)] + extents.map(KernelArgument.int)
                    + blocks.localBytes.map { .local(bytes: $0) })
        }
    }
}

/// What a work-item takes at a time.
private struct Blocks {
    /// Tiles whose products are added before they go to the sums.
    static let tiles = 8
    /// Channels of the input and of the output gradient.
    let inputChannels, outputChannels: Int
    /// Panels of 16 output channels whose products lie in registers.
    let panels: Int
    /// Bytes of local memory for the transformed inputs, the transformed gradients, and the sums.
    let localBytes: [Int]

    init(_ problem: Convolution2DProblem) {
        (inputChannels, outputChannels) = (min(32, problem.inputChannels), min(64, problem.outputChannels))
        panels = outputChannels <= 16 ? 1 : outputChannels <= 32 ? 2 : 4
        let outputPanels = (outputChannels / 16).rounded(upTo: panels)
        localBytes = [
            PaddedPlanes.bytes(planes: StridedWinograd.planes, vectors: inputChannels / 16 * Self.tiles),
            PaddedPlanes.bytes(planes: StridedWinograd.planes, vectors: outputPanels * Self.tiles),
            PaddedPlanes.bytes(planes: StridedWinograd.matrices, vectors: inputChannels * outputPanels),
        ]
    }
}
