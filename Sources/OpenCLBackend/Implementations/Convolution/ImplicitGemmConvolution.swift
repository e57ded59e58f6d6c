import Tensors

/// Convolution and its input gradient on GPU-like devices: ImplicitGemmConvolution.cl.
struct ImplicitGemmConvolution: Implementation {
    let direction: ConvolutionDirection
    /// Whether matrix units multiply.
    var usesMatrixUnits = false

    var name: String { usesMatrixUnits ? "matrixUnits" : "implicitGemm" }
    let family: OpenCLDevice.Family? = .gpuLike

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        let pass = ConvolutionPass(problem, direction: direction)
        let sourcePixels = pass.source.count / max(1, pass.source[3])
        return tile(channels: pass.target[3]).runs(on: device, depth: Self.depth)
            && max(problem.filterHeight, problem.filterWidth) <= 15
            && Int32(exactly: pass.target.count) != nil
            && Int32(exactly: sourcePixels * AlignedChannels.aligned(pass.source[3])) != nil
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        let pass = ConvolutionPass(problem, direction: direction)
        let tile = tile(channels: pass.target[3])
        let source = try AlignedChannels(operands.first, on: backend)
        let filter = try FilterTiles(
            operands.second, of: problem, direction: direction, tileChannels: tile.columns, on: backend)
        let targetPixels = problem.batch * pass.phaseHeight * pass.phaseWidth
        let extents =
            [problem.batch, pass.source[1], pass.source[2], source.channels, pass.target[1], pass.target[2]]
            + [pass.target[3], problem.filterHeight, problem.filterWidth, problem.padding]
        try backend.launch(
            "convolveImplicitGemm", in: "Convolution/ImplicitGemmConvolution.cl",
            definitions: Definitions(storing: problem.activations, tile.definitions),
            global: [
                targetPixels.dividedRoundingUp(by: tile.rows) * tile.workItems,
                pass.target[3].dividedRoundingUp(by: tile.columns), pass.phases,
            ],
            local: [tile.workItems, 1, 1],
            arguments: [.tensor(source.tensor), .tensor(filter.tensor), .tensor(operands.result)]
                + operands.addendArguments + extents.map(KernelArgument.int) + pass.stepArguments)
    }

    /// Source channels of a step.
    private static let depth = 8

    /// Narrow for narrow targets, so that no work-item computes channels that do not exist.
    private func tile(channels: Int) -> GroupTile {
        switch (channels, usesMatrixUnits) {
        case (...16, false): GroupTile(rows: 256, columns: 16, arithmetic: .multiplyAdds(itemColumns: 4))
        case (...32, false): GroupTile(rows: 128, columns: 32, arithmetic: .multiplyAdds(itemColumns: 4))
        case (_, false): GroupTile(rows: 128, columns: 64, arithmetic: .multiplyAdds(itemColumns: 8))
        case (...16, true): GroupTile(rows: 128, columns: 16, arithmetic: .matrixUnits(warpColumns: 16))
        case (...32, true): GroupTile(rows: 128, columns: 32, arithmetic: .matrixUnits(warpColumns: 32))
        case (_, true): GroupTile(rows: 128, columns: 64, arithmetic: .matrixUnits(warpColumns: 32))
        }
    }
}
