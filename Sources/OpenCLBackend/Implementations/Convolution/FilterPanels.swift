import Tensors

/// A filter rearranged by PackFilter.cl for the direct convolutions: panels of 16 channels of the target.
struct FilterPanels {
    /// The panels, and the pixel of zeros behind them.
    let tensor: Tensor
    /// How many panels.
    let count: Int

    /// Enqueues the rearrangement.
    ///
    /// - Parameter multiple: the number of panels is rounded up to a multiple of this.
    init(
        _ filter: Tensor, of problem: Convolution2DProblem, direction: ConvolutionDirection, multiple: Int,
        on backend: OpenCLBackend
    ) throws {
        let orientation = FilterOrientation(of: problem, direction: direction)
        let (depth, width) = (orientation.depth, orientation.width)
        let taps = problem.filterHeight * problem.filterWidth
        count = width.dividedRoundingUp(by: 16).rounded(upTo: multiple)
        tensor = try backend.makeTensor([(count * taps * 16 + 1) * depth], .float32)
        try backend.launch(
            "packFilter", in: "Convolution/PackFilter.cl", global: [taps, count], local: [1, 1],
            arguments: [
                .tensor(filter), .tensor(tensor), .int(depth), .int(width), .int(orientation.depthStride),
                .int(orientation.widthStride),
            ])
    }
}
