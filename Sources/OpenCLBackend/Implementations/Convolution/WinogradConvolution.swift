import Tensors

/// 3×3 convolution of stride 1 and its input gradient on CPU-like devices: WinogradConvolution.cl.
struct WinogradConvolution: NormalizingConvolution, MomentGathering, GradientSumGathering {
    let direction: ConvolutionDirection
    let tileWidth: WinogradTiles.Width

    var name: String { tileWidth.implementationName }
    let family: OpenCLDevice.Family? = .cpuLike

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        let pass = ConvolutionPass(problem, direction: direction)
        return tileWidth.accepts(problem, covering: pass.target)
            && WinogradBlocks(pass, of: tileWidth, on: device) != nil
    }

    func rowsPerChunk(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Int? {
        guard problem.outputHeight % 4 == 0, problem.outputWidth % tileWidth.rawValue == 0 else { return nil }
        return WinogradBlocks(ConvolutionPass(problem, direction: direction), of: tileWidth, on: device).map {
            4 * tileWidth.rawValue * $0.tiles * $0.count
        }
    }

    /// Narrow tiles do not: reading what was normalised there took as long as the pass that it saves.
    func gradientSumChunks(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Int? {
        guard tileWidth == .eight else { return nil }
        let pass = ConvolutionPass(problem, direction: direction)
        return WinogradBlocks(pass, of: tileWidth, on: device).map {
            WinogradTiles(covering: pass.target, width: tileWidth).count.dividedRoundingUp(by: $0.tiles * $0.count)
        }
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        let pass = ConvolutionPass(problem, direction: direction)
        guard let blocks = WinogradBlocks(pass, of: tileWidth, on: backend.hardware) else {
            throw refusal(of: problem, on: backend)
        }
        let tiles = WinogradTiles(covering: pass.target, width: tileWidth)
        let filter = try WinogradFilter(
            operands.second, of: problem, direction: direction, transform: .tiles(tileWidth), panels: blocks.panels,
            on: backend)
        // Turned by 180°, the gradient's filter reaches as far beyond the image as the forward one stays inside.
        let padding = direction == .inputGradient ? 2 - problem.padding : problem.padding
        try backend.launch(
            "convolveWinograd", in: "Convolution/WinogradConvolution.cl",
            definitions: Definitions(
                storing: problem.activations,
                [
                    "TILE_WIDTH": .integer(tileWidth.rawValue), "TILES": .integer(blocks.tiles),
                    "PANELS": .integer(blocks.panels),
                ]),
            global: [tiles.count.dividedRoundingUp(by: blocks.tiles * blocks.count)], local: [1],
            arguments: [.tensor(operands.first), .tensor(filter.tensor), .tensor(operands.result)]
                + operands.addendArguments + operands.normalizationArguments + operands.gatheringArguments
                + pass.extentArguments
                + [.int(padding), .int(tiles.count), .int(blocks.count)]
                + [.local(bytes: blocks.inputBytes), .local(bytes: blocks.productBytes)])
    }
}

/// What a work-item of WinogradConvolution.cl takes at a time.
private struct WinogradBlocks {
    /// Tiles and panels of 16 target channels whose sums lie in registers.
    let tiles, panels: Int
    /// Blocks of so many tiles: each matrix of the filter is read once for all of them.
    let count: Int
    /// Bytes of local memory for the transformed tiles and for the products.
    let inputBytes, productBytes: Int

    /// - Returns: nil if not even one block fits the device's local memory.
    init?(_ pass: ConvolutionPass, of tileWidth: WinogradTiles.Width, on device: OpenCLDevice) {
        let (tiles, panels) = pass.target[3] <= 16 ? (16, 1) : (8, 2)
        for count in [16 / tiles, 1] {
            let inputBytes = PaddedPlanes.bytes(
                planes: tileWidth.planes, vectors: count * tiles * pass.source[3] / 16)
            let productBytes = PaddedPlanes.bytes(planes: tileWidth.planes, vectors: count * tiles * panels)
            // Drivers align each of the two.
            guard inputBytes + productBytes + 2 * 128 <= device.localMemoryBytes else { continue }
            (self.tiles, self.panels, self.count) = (tiles, panels, count)
            (self.inputBytes, self.productBytes) = (inputBytes, productBytes)
            return
        }
        return nil
    }
}
