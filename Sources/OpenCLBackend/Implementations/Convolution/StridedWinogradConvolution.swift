import Tensors

/// 3×3 convolution of stride 2 and its input gradient on CPU-like devices: StridedWinogradConvolution.cl and
/// StridedWinogradInputGradient.cl.
struct StridedWinogradConvolution: NormalizingConvolution, MomentGathering, GradientSumGathering {
    let direction: ConvolutionDirection

    let name = StridedWinograd.implementationName
    let family: OpenCLDevice.Family? = .cpuLike

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        guard StridedWinograd.accepts(problem) else { return false }
        let blocks = Blocks(ConvolutionPass(problem, direction: direction))
        // Drivers align each of the two.
        return blocks.inputBytes + blocks.productBytes + 2 * 128 <= device.localMemoryBytes
    }

    func rowsPerChunk(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Int? {
        guard problem.outputHeight % 4 == 0 else { return nil }
        return 32 * Blocks(ConvolutionPass(problem, direction: direction)).tiles
    }

    func gradientSumChunks(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Int? {
        workItems(problem)
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        let pass = ConvolutionPass(problem, direction: direction)
        let blocks = Blocks(pass)
        let filter = try WinogradFilter(
            operands.second, of: problem, direction: direction, transform: .strided, panels: blocks.panels, on: backend)
        let (kernel, file) =
            direction == .inputGradient
            ? ("stridedInputGradientWinograd", "Convolution/StridedWinogradInputGradient.cl")
            : ("convolveStridedWinograd", "Convolution/StridedWinogradConvolution.cl")
        try backend.launch(
            kernel, in: file,
            definitions: Definitions(
                storing: problem.activations,
                ["TILES": .integer(blocks.tiles), "PANELS": .integer(blocks.panels)]),
            global: [workItems(problem)], local: [1],
            arguments: [.tensor(operands.first), .tensor(filter.tensor), .tensor(operands.result)]
                + operands.addendArguments + operands.normalizationArguments + operands.gatheringArguments
                + pass.extentArguments + [.int(StridedWinograd.tiles(of: problem).count)]
                + [.local(bytes: blocks.inputBytes), .local(bytes: blocks.productBytes)])
    }

    private func workItems(_ problem: Convolution2DProblem) -> Int {
        StridedWinograd.tiles(of: problem).count
            .dividedRoundingUp(by: Blocks(ConvolutionPass(problem, direction: direction)).tiles)
    }
}

/// What a work-item takes.
private struct Blocks {
    /// Tiles and panels of 16 target channels whose sums lie in registers.
    let tiles, panels: Int
    /// Bytes of local memory for the transformed tiles and for the products.
    let inputBytes, productBytes: Int

    init(_ pass: ConvolutionPass) {
        (tiles, panels) = pass.target[3] <= 16 ? (16, 1) : (8, 2)
        inputBytes = PaddedPlanes.bytes(planes: StridedWinograd.planes, vectors: tiles * pass.source[3] / 16)
        productBytes = PaddedPlanes.bytes(planes: StridedWinograd.planes, vectors: tiles * panels)
    }
}
