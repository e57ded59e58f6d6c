import Tensors

/// How a convolution or its input gradient walks a filter `[R, S, Cin, Cout]`: the gradient reads it transposed.
struct FilterOrientation {
    /// Whether it is read as `[R, S, Cout, Cin]`.
    let isTransposed: Bool
    /// Channels of the tensor that is read, and of the one that is written.
    let depth, width: Int
    /// Floats from a channel to the next in each of the two.
    let depthStride, widthStride: Int

    init(of problem: Convolution2DProblem, direction: ConvolutionDirection) {
        let (inputs, outputs) = (problem.inputChannels, problem.outputChannels)
        isTransposed = direction == .inputGradient
        (depth, width) = isTransposed ? (outputs, inputs) : (inputs, outputs)
        (depthStride, widthStride) = isTransposed ? (1, outputs) : (outputs, 1)
    }
}
