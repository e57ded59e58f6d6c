import Tensors

/// The filter gradient of 3×3 convolutions of stride 1 on CPU-like devices: WinogradFilterGradient.cl.
struct WinogradFilterGradient: NormalizingConvolution {
    let tileWidth: WinogradTiles.Width

    var name: String { tileWidth.implementationName }
    let family: OpenCLDevice.Family? = .cpuLike

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        tileWidth.accepts(problem, covering: problem.outputShape)
            && FilterGradientBlocks(problem, of: tileWidth, on: device) != nil
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        guard let blocks = FilterGradientBlocks(problem, of: tileWidth, on: backend.hardware) else {
            throw refusal(of: problem, on: backend)
        }
        let outputGroups = problem.outputChannels.dividedRoundingUp(by: blocks.outputChannels)
        let inputGroups = problem.inputChannels.dividedRoundingUp(by: blocks.inputChannels)
        let tiles = WinogradTiles(covering: problem.outputShape, width: tileWidth)
        let chunks = FilterGradientChunks(
            total: tiles.count, unit: blocks.tiles, groupsPerChunk: outputGroups * inputGroups,
            partialCount: problem.filterShape.count,
            on: backend.hardware)
        let extents = [
            problem.inputHeight, problem.inputWidth, problem.inputChannels, problem.outputHeight, problem.outputWidth,
            problem.outputChannels, problem.padding, tiles.count, chunks.length, blocks.inputChannels,
            blocks.outputChannels,
        ]
        try chunks.enqueue(into: operands.result, on: backend) { partials in
            try backend.launch(
                "filterGradientWinograd", in: "Convolution/WinogradFilterGradient.cl",
                definitions: Definitions(
                    storing: problem.activations,
                    [
                        "TILE_WIDTH": .integer(tileWidth.rawValue), "TILES": .integer(blocks.tiles),
                        "CHANNELS": .integer(16 / blocks.panels), "PANELS": .integer(blocks.panels),
                        "INPUT_PANELS": .integer(blocks.inputPanels),
                        "OUTPUT_GROUPS": .integer(blocks.outputChannels.dividedRoundingUp(by: 16 * blocks.panels)),
                    ]),
                global: [outputGroups, inputGroups, chunks.count], local: [1, 1, 1],
                arguments: [.tensor(operands.first), .tensor(operands.second)] + operands.normalizationArguments
                    + [.tensor(partials)]
                    + extents.map(KernelArgument.int) + blocks.localBytes.map { .local(bytes: $0) })
        }
    }
}

/// What a work-item of WinogradFilterGradient.cl takes at a time.
private struct FilterGradientBlocks {
    /// Tiles whose products are added before they go to the sums.
    let tiles: Int
    /// Channels of the input and of the output gradient.
    let inputChannels, outputChannels: Int
    /// Panels of 16 input channels that the kernel is compiled for. It fetches by them, and takes fewer as well: one program
    /// less.
    let inputPanels: Int
    /// Panels of 16 output channels whose products lie in registers.
    let panels: Int
    /// Bytes of local memory for the transformed inputs, the transformed gradients, and the sums.
    let localBytes: [Int]

    /// The largest blocks that fit the device's local memory: with wide ones each transformed pixel is used more often,
    /// with many tiles the sums are read and written less often. Nil if none fit.
    init?(_ problem: Convolution2DProblem, of tileWidth: WinogradTiles.Width, on device: OpenCLDevice) {
        let mostChannels = max(problem.inputChannels, problem.outputChannels)
        let candidates =
            switch tileWidth {
            case .four: [mostChannels <= 32 ? (32, 32, 32) : (16, 64, 64), (16, 32, 32), (16, 16, 32), (4, 16, 16)]
            // A block of narrow tiles takes 64 × 64 channels, of wide ones no more than 32 × 64.
            case .eight: mostChannels <= 32 ? [(32, 32, 32)] : mostChannels <= 64 ? [] : [(16, 32, 64)]
            }
        for (tiles, inputLimit, outputLimit) in candidates {
            let inputChannels = min(inputLimit, problem.inputChannels)
            let outputChannels = min(outputLimit, problem.outputChannels)
            // 4 × 4 vectors take fewer loads than 8 × 2, these fewer than 16 × 1.
            let panels = outputChannels <= 16 ? 1 : outputChannels <= 32 ? 2 : 4
            let outputPanels = (outputChannels / 16).rounded(upTo: panels)
            let localBytes = [
                inputChannels / 16 * tiles, outputPanels * tiles, inputChannels * outputPanels,
            ].map { PaddedPlanes.bytes(planes: tileWidth.planes, vectors: $0) }
            // Drivers align each of the three.
            guard localBytes.reduce(3 * 128, +) <= device.localMemoryBytes else { continue }
            (self.tiles, self.inputChannels, self.outputChannels) = (tiles, inputChannels, outputChannels)
            (self.inputPanels, self.panels, self.localBytes) = (inputLimit / 16, panels, localBytes)
            return
        }
        return nil
    }
}
