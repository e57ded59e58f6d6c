import Tensors

/// A 3×3 filter transformed for Winograd's convolutions on CPU-like devices. Made anew for each convolution: that takes
/// less than reading it, and the filter changes every step.
struct WinogradFilter {
    /// `[block, matrices, depth, 16 · panels]`, each matrix one vector longer than it need be: they must not meet in the same
    /// lines of the cache.
    let tensor: Tensor

    /// What the filter is made into.
    enum Transform {
        /// WinogradFilter.cl's matrices for tiles of a width.
        case tiles(WinogradTiles.Width)
        /// StridedWinogradFilter.cl's.
        case strided
    }

    /// Enqueues the transform.
    ///
    /// - Parameter panels: panels of 16 target channels in a block; missing ones are filled with zeros.
    init(
        _ filter: Tensor, of problem: Convolution2DProblem, direction: ConvolutionDirection,
        transform: Transform, panels: Int, on backend: OpenCLBackend
    ) throws {
        let orientation = FilterOrientation(of: problem, direction: direction)
        let (depth, width) = (orientation.depth, orientation.width)
        let count = width.dividedRoundingUp(by: 16 * panels) * panels
        let (kernel, file, matrices, definitions): (String, String, Int, Definitions) =
            switch transform {
            case .tiles(let width):
                (
                    "transformFilter", "Convolution/WinogradFilter.cl", width.planes,
                    ["TILE_WIDTH": .integer(width.rawValue), "PANELS": .integer(panels)]
                )
            case .strided:
                (
                    "transformStridedFilter", "Convolution/StridedWinogradFilter.cl", StridedWinograd.matrices,
                    ["PANELS": .integer(panels)]
                )
            }
        tensor = try backend.makeTensor([count / panels, matrices, depth * panels + 1, 16], .float32)
        try backend.launch(
            kernel, in: file, definitions: definitions, global: [count, depth / 16], local: [1, 1],
            arguments: [
                .tensor(filter), .tensor(tensor), .int(depth), .int(width), .int(orientation.depthStride),
                .int(orientation.widthStride), .int(orientation.isTransposed ? 1 : 0),
            ])
    }
}
