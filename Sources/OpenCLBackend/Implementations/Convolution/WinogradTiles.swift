import Tensors

/// The tiles, 4 pixels high, in which Winograd's kernels cover a tensor.
struct WinogradTiles {
    /// Enough wide tiles for eight work-items of 16: with fewer, narrow ones, twice as many, share better among cores.
    static let enoughWideTiles = 128

    /// Rows and columns of tiles in an image.
    let rows, columns: Int
    /// Tiles of all images.
    let count: Int

    /// The tiles of a tensor `[N, H, W, C]`.
    init(covering shape: Shape, width: Width = .four) {
        (rows, columns) = (shape[1].dividedRoundingUp(by: 4), shape[2].dividedRoundingUp(by: width.rawValue))
        count = shape[0] * rows * columns
    }

    /// Its extents, in the GPU-like kernels' order.
    var arguments: [KernelArgument] { [rows, columns, count].map(KernelArgument.int) }

    /// Whether Winograd's algorithm can do the problem and is worth it: the filter is 3×3, and what is gained is lost if more
    /// than half of the tiles' pixels lie outside the tensor.
    static func areWorthwhile(for problem: Convolution2DProblem, covering shape: Shape) -> Bool {
        problem.filterHeight == 3 && problem.filterWidth == 3 && problem.stride == 1
            && 16 * WinogradTiles(covering: shape).count <= 2 * shape[0] * shape[1] * shape[2]
    }

    /// How wide a tile is, in pixels. Wide tiles take fewer products, 60 instead of twice 36, and round more.
    enum Width: Int {
        case four = 4
        case eight = 8

        /// What an implementation for CPU-like devices with these tiles is called.
        var implementationName: String { self == .four ? "winograd" : "winogradWide" }

        /// The matrices that a kernel multiplies: one for each product of a tile.
        var planes: Int { 6 * (rawValue + 2) }

        /// Whether the CPU-like kernels, which take 16 channels at a time, can do the problem and are worth it. Wide tiles
        /// only where none reaches beyond the tensor's rows and there are enough of them.
        func accepts(_ problem: Convolution2DProblem, covering shape: Shape) -> Bool {
            problem.inputChannels % 16 == 0 && problem.outputChannels % 16 == 0
                && areWorthwhile(for: problem, covering: shape) && (self == .four || coversWell(shape))
        }

        private func coversWell(_ shape: Shape) -> Bool {
            shape[2] % rawValue == 0 && WinogradTiles(covering: shape, width: self).count >= enoughWideTiles
        }
    }
}
