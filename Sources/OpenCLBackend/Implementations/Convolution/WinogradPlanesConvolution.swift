import Tensors

/// 3×3 convolution of stride 1 and its input gradient on GPU-like devices: WinogradTransforms.cl and WinogradProduct.cl.
struct WinogradPlanesConvolution: Implementation {
    let direction: ConvolutionDirection
    let width: WinogradPlanes.Width

    var name: String { width.name }
    let family: OpenCLDevice.Family? = .gpuLike

    func accepts(_ problem: Convolution2DProblem, on device: OpenCLDevice) -> Bool {
        let pass = ConvolutionPass(problem, direction: direction)
        return width.contains(problem) && WinogradTiles.areWorthwhile(for: problem, covering: pass.target)
            && Self.tile(of: pass).runsPlanes(on: device) && Extents(pass).fit(device)
            && Int32(exactly: pass.source.count) != nil
    }

    func enqueue(
        _ problem: Convolution2DProblem, _ operands: Convolution2DOperands, on backend: OpenCLBackend
    ) throws {
        let pass = ConvolutionPass(problem, direction: direction)
        let extents = Extents(pass)
        let orientation = FilterOrientation(of: problem, direction: direction)
        let (source, target) = (pass.source, pass.target)
        let tiles = WinogradTiles(covering: target)

        let inputs = try backend.makeTensor([WinogradPlanes.count, extents.depth, extents.rows], .float32)
        // Turned by 180°, the gradient's filter reaches as far beyond the image as the forward one stays inside.
        let padding = direction == .inputGradient ? 2 - problem.padding : problem.padding
        try WinogradPlanes.transform(
            "transformInputTiles", storing: problem.activations, rows: extents.depth, columns: extents.rows,
            arguments: [.tensor(operands.first), .tensor(inputs)]
                + [source[1], source[2], source[3]].map(KernelArgument.int)
                + tiles.arguments + [.int(padding)],
            on: backend)

        let filter = try backend.makeTensor([WinogradPlanes.count, extents.depth, extents.columns], .float32)
        try WinogradPlanes.transform(
            "transformFilterPlanes", storing: problem.activations, rows: extents.depth, columns: extents.columns,
            arguments: [
                .tensor(operands.second), .tensor(filter), .int(orientation.depth), .int(orientation.width),
                .int(orientation.depthStride), .int(orientation.widthStride), .int(orientation.isTransposed ? 1 : 0),
            ],
            on: backend)

        let products = try Self.tile(of: pass).multiplyPlanes(inputs, filter, chunkDepth: extents.depth, on: backend)
        try WinogradPlanes.transform(
            "transformProducts", storing: problem.activations, rows: extents.rows, columns: extents.columns,
            arguments: [.tensor(products), .tensor(operands.result)] + operands.addendArguments
                + [target[1], target[2], target[3]].map(KernelArgument.int) + tiles.arguments,
            on: backend)
    }

    /// As wide as the target, so that no work-item computes channels that do not exist.
    private static func tile(of pass: ConvolutionPass) -> GroupTile {
        switch pass.target[3] {
        case ...16: GroupTile(rows: 256, columns: 16, arithmetic: .multiplyAdds(itemColumns: 4))
        case ...32: GroupTile(rows: 128, columns: 32, arithmetic: .multiplyAdds(itemColumns: 4))
        default: GroupTile(rows: 128, columns: 64, arithmetic: .multiplyAdds(itemColumns: 8))
        }
    }

    /// The planes of the tiles are `[depth, rows]`, the filter's `[depth, columns]`, the products' `[rows, columns]`.
    private struct Extents {
        let rows, columns, depth: Int

        init(_ pass: ConvolutionPass) {
            let tile = WinogradPlanesConvolution.tile(of: pass)
            rows = WinogradTiles(covering: pass.target).count.rounded(upTo: tile.rows)
            columns = pass.target[3].rounded(upTo: tile.columns)
            depth = pass.source[3].rounded(upTo: WinogradPlanes.depthStep)
        }

        /// Whether all can be counted and allocated.
        func fit(_ device: OpenCLDevice) -> Bool {
            let count = WinogradPlanes.count * max(rows * depth, depth * columns, rows * columns)
            return Int32(exactly: count) != nil && 4 * count <= device.maximumAllocationBytes
        }
    }
}
