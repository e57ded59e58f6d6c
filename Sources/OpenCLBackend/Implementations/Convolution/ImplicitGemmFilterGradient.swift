import Tensors

/// The filter gradient on GPU-like devices: ImplicitGemmFilterGradient.cl.
struct ImplicitGemmFilterGradient: Implementation {
    /// Whether matrix units multiply.
    var usesMatrixUnits = false

    var name: String { usesMatrixUnits ? "matrixUnits" : "implicitGemm" }
    let family: OpenCLDevice.Family? = .gpuLike

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        let inputPixels = problem.batch * problem.inputHeight * problem.inputWidth
        let outputPixels = problem.batch * problem.outputHeight * problem.outputWidth
        let tile = tile(outputChannels: problem.outputChannels)
        return tile.runs(on: device, depth: Self.depth(of: tile))
            && Int32(exactly: inputPixels * AlignedChannels.aligned(problem.inputChannels)) != nil
            && Int32(exactly: outputPixels * AlignedChannels.aligned(problem.outputChannels)) != nil
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        let tile = tile(outputChannels: problem.outputChannels)
        let depth = Self.depth(of: tile)
        let gradient = try AlignedChannels(operands.first, on: backend)
        let input = try AlignedChannels(operands.second, on: backend)
        let zeros = try backend.tensor(repeating: 0, [4])
        let taps = problem.filterHeight * problem.filterWidth
        let inputGroups = (taps * input.channels).dividedRoundingUp(by: tile.rows)
        let outputGroups = problem.outputChannels.dividedRoundingUp(by: tile.columns)
        // Neighbouring pixels of one row in a step, as many as leave few of them behind the row's end.
        var columns = 1
        while columns < min(depth, problem.outputWidth) { columns *= 2 }
        let bandsPerImage = problem.outputHeight.dividedRoundingUp(by: depth / columns)
        let chunks = FilterGradientChunks(
            total: problem.batch * bandsPerImage,
            // The work-groups are small: four of them do the work of one of usual size.
            groupsPerChunk: (inputGroups * outputGroups).dividedRoundingUp(by: 4),
            partialCount: problem.filterShape.count, on: backend.hardware)
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
                    tile.definitions + ["DEPTH": .integer(depth), "STEP_COLUMNS": .integer(columns)]),
                global: [inputGroups * tile.workItems, outputGroups, chunks.count],
                local: [tile.workItems, 1, 1],
                arguments: [.tensor(gradient.tensor), .tensor(input.tensor), .tensor(zeros), .tensor(partials)]
                    + extents.map(KernelArgument.int))
        }
    }

    /// Narrow for few output channels, so that no work-item computes channels that do not exist.
    private func tile(outputChannels: Int) -> GroupTile {
        switch (outputChannels, usesMatrixUnits) {
        case (...16, false): GroupTile(rows: 128, columns: 16, arithmetic: .multiplyAdds(itemColumns: 4))
        case (...32, false): GroupTile(rows: 64, columns: 32, arithmetic: .multiplyAdds(itemColumns: 4))
        case (_, false): GroupTile(rows: 64, columns: 64, arithmetic: .multiplyAdds(itemColumns: 8))
        case (...16, true): GroupTile(rows: 128, columns: 16, arithmetic: .matrixUnits(warpColumns: 16))
        case (...32, true): GroupTile(rows: 64, columns: 32, arithmetic: .matrixUnits(warpColumns: 32))
        case (_, true): GroupTile(rows: 64, columns: 64, arithmetic: .matrixUnits(warpColumns: 32))
        }
    }

    /// Pixels of a step: more where a step has little to compute.
    private static func depth(of tile: GroupTile) -> Int { tile.columns <= 16 ? 16 : 8 }
}
