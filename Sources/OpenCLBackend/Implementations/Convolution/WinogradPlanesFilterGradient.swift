import Tensors

/// The filter gradient of 3×3 convolutions of stride 1 on GPU-like devices: WinogradTransforms.cl and WinogradProduct.cl.
struct WinogradPlanesFilterGradient: Implementation {
    let width: WinogradPlanes.Width

    var name: String { width.name }
    let family: OpenCLDevice.Family? = .gpuLike

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        width.contains(problem) && WinogradTiles.areWorthwhile(for: problem, covering: problem.outputShape)
            && Self.tile(of: problem).runsPlanes(on: device) && Extents(problem).fit(device)
            && Int32(exactly: problem.inputShape.count) != nil && Int32(exactly: problem.outputShape.count) != nil
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        let tile = Self.tile(of: problem)
        let extents = Extents(problem)
        let tiles = WinogradTiles(covering: problem.outputShape)

        let inputs = try backend.makeTensor([WinogradPlanes.count, extents.depth, extents.rows], .float32)
        try WinogradPlanes.transform(
            "transformInputTiles", storing: problem.activations, hasChannelsInnermost: true, rows: extents.depth,
            columns: extents.rows,
            arguments: [
                .tensor(operands.second), .tensor(inputs), .int(problem.inputHeight), .int(problem.inputWidth),
                .int(problem.inputChannels),
            ] + tiles.arguments + [.int(problem.padding)],
            on: backend)

        let gradients = try backend.makeTensor([WinogradPlanes.count, extents.depth, extents.columns], .float32)
        try WinogradPlanes.transform(
            "transformGradientTiles", storing: problem.activations, rows: extents.depth, columns: extents.columns,
            arguments: [
                .tensor(operands.first), .tensor(gradients), .int(problem.outputHeight), .int(problem.outputWidth),
                .int(problem.outputChannels),
            ] + tiles.arguments,
            on: backend)

        let groups = WinogradPlanes.count * (extents.rows / tile.rows) * (extents.columns / tile.columns)
        let chunks = FilterGradientChunks(
            total: extents.depth, unit: WinogradPlanes.depthStep,
            // The work-groups are small: four of them do the work of one of usual size.
            groupsPerChunk: groups.dividedRoundingUp(by: 4),
            partialCount: WinogradPlanes.count * extents.rows * extents.columns,
            on: backend.hardware)
        let products = try tile.multiplyPlanes(inputs, gradients, chunkDepth: chunks.length, on: backend)
        try WinogradPlanes.transform(
            "transformProductsToTaps", storing: problem.activations, rows: extents.rows, columns: extents.columns,
            arguments: [
                .tensor(products), .tensor(operands.result), .int(problem.inputChannels), .int(problem.outputChannels),
                .int(chunks.count),
            ],
            on: backend)
    }

    private static func tile(of problem: Convolution2DProblem) -> GroupTile {
        problem.outputChannels <= 32
            ? GroupTile(rows: 64, columns: 32, arithmetic: .multiplyAdds(itemColumns: 4))
            : GroupTile(rows: 64, columns: 64, arithmetic: .multiplyAdds(itemColumns: 8))
    }

    /// The planes of the input are `[depth, rows]`, the output gradient's `[depth, columns]`, the products'
    /// `[rows, columns]`.
    private struct Extents {
        let rows, columns, depth: Int

        init(_ problem: Convolution2DProblem) {
            let tile = WinogradPlanesFilterGradient.tile(of: problem)
            rows = problem.inputChannels.rounded(upTo: tile.rows)
            columns = problem.outputChannels.rounded(upTo: tile.columns)
            depth = WinogradTiles(covering: problem.outputShape).count.rounded(upTo: WinogradPlanes.depthStep)
        }

        /// Whether all can be counted and allocated.
        func fit(_ device: OpenCLDevice) -> Bool {
            let count = WinogradPlanes.count * max(depth * max(rows, columns), rows * columns)
            return Int32(exactly: count) != nil && 4 * count <= device.maximumAllocationBytes
        }
    }
}
