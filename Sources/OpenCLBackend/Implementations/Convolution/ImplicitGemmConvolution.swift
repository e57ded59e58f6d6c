import Tensors

/// Convolution and its input gradient on GPU-like devices: ImplicitGemmConvolution.cl.
struct ImplicitGemmConvolution: Implementation {
    let direction: ConvolutionDirection

    let name = "implicitGemm"
    let family: OpenCLDevice.Family? = .gpuLike

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        let pass = ConvolutionPass(problem, direction: direction)
        let sourcePixels = pass.source.count / max(1, pass.source[3])
        return Tile(channels: pass.target[3]).runs(on: device) && max(problem.filterHeight, problem.filterWidth) <= 15
            && Int32(exactly: pass.target.count) != nil
            && Int32(exactly: sourcePixels * AlignedChannels.aligned(pass.source[3])) != nil
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        let pass = ConvolutionPass(problem, direction: direction)
        let tile = Tile(channels: pass.target[3])
        let source = try AlignedChannels(operands.first, on: backend)
        let filter = try FilterTiles(
            operands.second, of: problem, direction: direction, tileChannels: tile.channels, on: backend)
        let targetPixels = problem.batch * pass.phaseHeight * pass.phaseWidth
        let extents =
            [problem.batch, pass.source[1], pass.source[2], source.channels, pass.target[1], pass.target[2]]
            + [pass.target[3], problem.filterHeight, problem.filterWidth, problem.padding]
        try backend.launch(
            "convolveImplicitGemm", in: "Convolution/ImplicitGemmConvolution.cl",
            definitions: Definitions(
                storing: problem.activations,
                [
                    "TILE_PIXELS": .integer(tile.pixels), "TILE_CHANNELS": .integer(tile.channels),
                    "ITEM_CHANNELS": .integer(tile.itemChannels),
                ]),
            global: [
                targetPixels.dividedRoundingUp(by: tile.pixels) * Tile.workItems,
                pass.target[3].dividedRoundingUp(by: tile.channels), pass.phases,
            ],
            local: [Tile.workItems, 1, 1],
            arguments: [.tensor(source.tensor), .tensor(filter.tensor), .tensor(operands.result)]
                + operands.addendArguments + extents.map(KernelArgument.int) + pass.stepArguments)
    }

    /// What a work-group computes: narrow for narrow targets, so that no work-item computes channels that do not exist.
    private struct Tile {
        /// Work-items of a work-group, each for 8 pixels.
        static let workItems = 128

        let pixels, channels, itemChannels: Int

        init(channels: Int) {
            (pixels, self.channels, itemChannels) =
                switch channels {
                case ...16: (256, 16, 4)
                case ...32: (128, 32, 4)
                default: (128, 64, 8)
                }
        }

        /// Two pairs of tiles, 8 deep, fit into local memory.
        func runs(on device: OpenCLDevice) -> Bool {
            ImplicitGemm.runs(on: device, workItems: Self.workItems, localFloats: 2 * 8 * (pixels + 4 + channels))
        }
    }
}

/// What the kernels that work on tiles in local memory have in common.
enum ImplicitGemm {
    /// Whether the device has such work-groups, and so much local memory for each.
    static func runs(on device: OpenCLDevice, workItems: Int, localFloats: Int) -> Bool {
        device.maximumWorkGroupSize >= workItems && device.maximumWorkItemSizes.first ?? 1 >= workItems
            && device.localMemoryBytes >= 4 * localFloats
    }
}
