import Tensors

/// What Winograd's kernels for 3×3 filters of stride 2 on CPU-like devices have in common: StridedWinograd.h.
enum StridedWinograd {
    static let implementationName = "winogradStrided"
    /// The matrices that a kernel makes of its tiles, and those of the filter, which several of the former meet.
    static let planes = 153
    static let matrices = 60

    /// The tiles of 4 × 8 pixels of the output.
    static func tiles(of problem: Convolution2DProblem) -> WinogradTiles {
        WinogradTiles(covering: problem.outputShape, width: .eight)
    }

    /// Whether the kernels can do the problem and are worth it: as with wide tiles, the output's rows must consist of
    /// whole tiles, and there must be enough of them.
    static func accepts(_ problem: Convolution2DProblem) -> Bool {
        problem.filterHeight == 3 && problem.filterWidth == 3 && problem.stride == 2 && problem.padding == 1
            && problem.inputHeight % 2 == 0 && problem.inputWidth % 16 == 0
            && problem.inputChannels % 16 == 0 && problem.outputChannels % 16 == 0
            && tiles(of: problem).count >= WinogradTiles.enoughWideTiles
    }
}
