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
        let isTransposed = direction == .inputGradient
        let (inputs, outputs) = (problem.inputChannels, problem.outputChannels)
        let (depth, width) = isTransposed ? (outputs, inputs) : (inputs, outputs)
        let taps = problem.filterHeight * problem.filterWidth
        count = width.dividedRoundingUp(by: 16 * multiple) * multiple
        tensor = try backend.makeTensor([(count * taps * 16 + 1) * depth], .float32)
        try backend.launch(
            "packFilter", in: "Convolution/PackFilter.cl", global: [taps, count], local: [1, 1],
            arguments: [
                .tensor(filter), .tensor(tensor), .int(depth), .int(width), .int(isTransposed ? 1 : outputs),
                .int(isTransposed ? outputs : 1),
            ])
    }
}

/// What the register block of a direct convolution covers.
struct RegisterTile: Hashable {
    /// Neighbouring pixels of a row.
    let pixels: Int
    /// Panels of 16 channels.
    let panels: Int

    /// The tile for a target's rows of `width` pixels with so many channels. Few tiles, so that few programs are
    /// compiled: 16 sums in registers, or 14 where rows are a multiple of 7 pixels long, as those of 28×28 images are.
    init(width: Int, channels: Int) {
        let isMultipleOf7 = width % 7 == 0 && width % 8 != 0
        (pixels, panels) = channels <= 16 ? (isMultipleOf7 ? 14 : 16, 1) : (isMultipleOf7 ? 7 : 8, 2)
    }

    /// The compiler's options.
    var definitions: Definitions { ["PIXELS": .integer(pixels), "PANELS": .integer(panels)] }
}
