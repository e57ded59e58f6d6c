import Tensors

/// What Winograd's convolutions on GPU-like devices, WinogradTransforms.cl and WinogradProduct.cl, have in common: 36 planes,
/// each a matrix, in global memory.
enum WinogradPlanes {
    static let count = 36
    static let transforms = "Convolution/WinogradTransforms.cl"
    /// The depth of a product is a multiple of this.
    static let depthStep = 8

    /// Problems by their channels. What Winograd's algorithm saves in multiplications grows with the channels, what its
    /// planes cost in memory traffic does not: for c channels on both sides it saves 13.5·c² multiply-adds a pixel and moves
    /// 36·c bytes more. So on a device that does r operations in the time of a byte it gains from c ≈ 2·r on, and r is 10
    /// to 30 for most GPUs.
    enum Width {
        /// 64 channels or more on both sides.
        case wide
        /// Fewer: only measuring can tell.
        case narrow

        /// What an implementation for these is called.
        var name: String { self == .wide ? "winogradPlanes" : "winogradPlanesNarrow" }

        func contains(_ problem: Convolution2DProblem) -> Bool {
            (min(problem.inputChannels, problem.outputChannels) >= 64) == (self == .wide)
        }
    }

    /// Enqueues a transform whose work-items are the elements `[rows, columns]` of a plane.
    ///
    /// - Parameter activations: how the tensors that are no planes are stored, but for filters.
    static func transform(
        _ kernel: String, storing activations: ElementType, hasChannelsInnermost: Bool = false, rows: Int, columns: Int,
        arguments: [KernelArgument], on backend: OpenCLBackend
    ) throws {
        try backend.launch(
            kernel, in: transforms,
            definitions: Definitions(
                storing: activations, ["CHANNELS_INNERMOST": .integer(hasChannelsInnermost ? 1 : 0)]),
            global: [columns, rows], local: [16, depthStep], arguments: arguments)
    }
}

extension GroupTile {
    /// Whether the device runs WinogradProduct.cl on such tiles, and the transforms.
    func runsPlanes(on device: OpenCLDevice) -> Bool {
        let step = WinogradPlanes.depthStep
        return runs(on: device, depth: step) && device.maximumWorkGroupSize >= 16 * step
            && device.maximumWorkItemSizes.dropFirst().first ?? 1 >= step
    }

    /// Enqueues the products of `left` `[36, depth, rows]` and `right` `[36, depth, columns]`.
    ///
    /// - Parameter chunkDepth: how much of the depth a sum goes over, a multiple of ``WinogradPlanes/depthStep``.
    /// - Returns: `[chunks · 36, rows, columns]`.
    func multiplyPlanes(
        _ left: Tensor, _ right: Tensor, chunkDepth: Int, on backend: OpenCLBackend
    ) throws -> Tensor {
        let (depth, allRows, allColumns) = (left.shape[1], left.shape[2], right.shape[2])
        let planes = WinogradPlanes.count * depth.dividedRoundingUp(by: chunkDepth)
        let products = try backend.makeTensor([planes, allRows, allColumns], .float32)
        try backend.launch(
            "multiplyPlanes", in: "Convolution/WinogradProduct.cl", definitions: definitions,
            global: [allRows / rows * workItems, allColumns / columns, planes], local: [workItems, 1, 1],
            arguments: [
                .tensor(left), .tensor(right), .tensor(products), .int(allRows), .int(allColumns), .int(depth),
                .int(chunkDepth),
            ])
        return products
    }
}
