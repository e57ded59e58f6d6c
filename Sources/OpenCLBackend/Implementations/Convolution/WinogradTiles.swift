import Tensors

/// The tiles of 4 × 4 pixels in which Winograd's kernels cover a tensor.
struct WinogradTiles {
    /// Rows and columns of tiles in an image.
    let rows, columns: Int
    /// Tiles of all images.
    let count: Int

    /// The tiles of a tensor `[N, H, W, C]`.
    init(covering shape: Shape) {
        (rows, columns) = (shape[1].dividedRoundingUp(by: 4), shape[2].dividedRoundingUp(by: 4))
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

    /// Whether the CPU-like kernels, which take 16 channels at a time, can do it, too.
    static func accept(_ problem: Convolution2DProblem, covering shape: Shape) -> Bool {
        problem.inputChannels % 16 == 0 && problem.outputChannels % 16 == 0
            && areWorthwhile(for: problem, covering: shape)
    }
}
