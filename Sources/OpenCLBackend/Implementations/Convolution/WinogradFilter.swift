import Tensors

/// A 3×3 filter transformed by WinogradFilter.cl for Winograd's convolutions on CPU-like devices. Made anew for each
/// convolution: that takes less than reading it, and the filter changes every step.
struct WinogradFilter {
    /// `[block, matrices, depth, 16 · panels]`, each matrix one vector longer than it need be: they must not meet in the
    /// same lines of the cache.
    let tensor: Tensor

    /// What the filter is made into.
    enum Transform {
        /// The matrices of WinogradConvolution.cl for tiles of a width.
        case tiles(WinogradTiles.Width)
        /// Those of the kernels for stride 2.
        case strided
    }

    /// Enqueues the transform.
    ///
    /// - Parameter panels: panels of 16 target channels in a block; missing ones are filled with zeros.
    init(
        _ filter: Tensor, of problem: Convolution2DProblem, direction: ConvolutionDirection, transform: Transform,
        panels: Int, on backend: OpenCLBackend
    ) throws {
        let orientation = FilterOrientation(of: problem, direction: direction)
        let (depth, width) = (orientation.depth, orientation.width)
        let count = (width / 16).rounded(upTo: panels)
        let (matrices, kind): (Int, Definitions) =
            switch transform {
            case .tiles(let width): (width.planes, ["TILE_WIDTH": .integer(width.rawValue)])
            case .strided: (StridedWinograd.matrices, ["STRIDED": 1])
            }
        tensor = try backend.makeTensor([count / panels, matrices, depth * panels + 1, 16], .float32)
        try backend.launch(
            "transformFilter", in: "Convolution/WinogradFilter.cl", definitions: kind + ["PANELS": .integer(panels)],
            global: [count, depth / 16], local: [1, 1],
            arguments: [
                .tensor(filter), .tensor(tensor), .int(depth), .int(width), .int(orientation.depthStride),
                .int(orientation.widthStride), .int(orientation.isTransposed ? 1 : 0),
            ])
    }
}
