import Tensors

/// The tiles of 4 × 4 pixels in which Winograd's kernels cover a tensor.
struct WinogradTiles {
    /// Tiles of all images.
    let count: Int

    /// The tiles of a tensor `[N, H, W, C]`.
    init(covering shape: Shape) {
        count = shape[0] * shape[1].dividedRoundingUp(by: 4) * shape[2].dividedRoundingUp(by: 4)
    }

    /// Whether Winograd's kernels can do the problem and are worth it: their filter is 3×3, they take 16 channels at a
    /// time, and what they gain is lost if more than half of the tiles' pixels lie outside the tensor.
    static func accept(_ problem: Convolution2DProblem, covering shape: Shape) -> Bool {
        problem.filterHeight == 3 && problem.filterWidth == 3 && problem.stride == 1
            && problem.inputChannels % 16 == 0 && problem.outputChannels % 16 == 0
            && problem.activations == .float32
            && 16 * WinogradTiles(covering: shape).count <= 2 * shape[0] * shape[1] * shape[2]
    }
}
