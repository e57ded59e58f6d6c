import Tensors

/// The filter gradient on GPU-like devices: ImplicitGemmFilterGradient.cl.
struct ImplicitGemmFilterGradient: Implementation {
    let name = "implicitGemm"
    let family: OpenCLDevice.Family? = .gpuLike

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        let inputPixels = problem.batch * problem.inputHeight * problem.inputWidth
        let outputPixels = problem.batch * problem.outputHeight * problem.outputWidth
        return Tile(outputChannels: problem.outputChannels).runs(on: device)
            && Int32(exactly: inputPixels * AlignedChannels.aligned(problem.inputChannels)) != nil
            && Int32(exactly: outputPixels * AlignedChannels.aligned(problem.outputChannels)) != nil
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        let tile = Tile(outputChannels: problem.outputChannels)
        let gradient = try AlignedChannels(operands.first, on: backend)
        let input = try AlignedChannels(operands.second, on: backend)
        let zeros = try backend.tensor(repeating: 0, [4])
        let taps = problem.filterHeight * problem.filterWidth
        let inputGroups = (taps * input.channels).dividedRoundingUp(by: tile.inputs)
        let outputGroups = problem.outputChannels.dividedRoundingUp(by: tile.outputs)
        // Neighbouring pixels of one row in a step, as many as leave few of them behind the row's end.
        var columns = 1
        while columns < min(tile.depth, problem.outputWidth) { columns *= 2 }
        let bandsPerImage = problem.outputHeight.dividedRoundingUp(by: tile.depth / columns)
        let chunks = FilterGradientChunks(
            total: problem.batch * bandsPerImage,
            // The work-groups are small: four of them do the work of one of usual size.
            groupsPerChunk: (inputGroups * outputGroups).dividedRoundingUp(by: 4), problem: problem,
            on: backend.hardware)
        let extents = [
            problem.batch, problem.inputHeight, problem.inputWidth, input.channels, problem.inputChannels,
            problem.outputHeight, problem.outputWidth, gradient.channels, problem.outputChannels, problem.filterWidth,
            taps, problem.padding, problem.stride, chunks.length,
        ]
        try chunks.enqueue(into: operands.result, on: backend) { partials in
            try backend.launch(
                "filterGradientImplicitGemm", in: "Convolution/ImplicitGemmFilterGradient.cl",
                definitions: Definitions(
                    storing: problem.activations,
                    [
                        "TILE_INPUTS": .integer(tile.inputs), "TILE_OUTPUTS": .integer(tile.outputs),
                        "ITEM_OUTPUTS": .integer(tile.itemOutputs), "DEPTH": .integer(tile.depth),
                        "STEP_COLUMNS": .integer(columns),
                    ]),
                global: [inputGroups * Tile.workItems, outputGroups, chunks.count],
                local: [Tile.workItems, 1, 1],
                arguments: [.tensor(gradient.tensor), .tensor(input.tensor), .tensor(zeros), .tensor(partials)]
                    + extents.map(KernelArgument.int))
        }
    }

    /// What a work-group computes: narrow for few output channels, so that no work-item computes channels that do not
    /// exist.
    private struct Tile {
        /// Work-items of a work-group, each for 8 rows.
        static let workItems = 64

        let inputs, outputs, itemOutputs: Int
        /// Pixels of a step: more where a step has little to compute.
        let depth: Int

        init(outputChannels: Int) {
            (inputs, outputs, itemOutputs, depth) =
                switch outputChannels {
                case ...16: (128, 16, 4, 16)
                case ...32: (64, 32, 4, 8)
                default: (64, 64, 8, 8)
                }
        }

        /// Two pairs of tiles fit into local memory.
        func runs(on device: OpenCLDevice) -> Bool {
            ImplicitGemm.runs(on: device, workItems: Self.workItems, localFloats: 2 * depth * (inputs + outputs))
        }
    }
}
