import Tensors

/// A convolution and the batch normalization that follows it, described: what ResNets are made of. PyTorch's defaults.
struct NormalizedConvolution: Hashable, Sendable {
    let convolution: Convolution2D
    let normalization: BatchNormalization

    /// - Parameter negativeSlope: of the activation after the normalization: 0 for a ReLU, 1 for none.
    init(_ convolution: Convolution2D, normalizedAs name: String, negativeSlope: Float) {
        self.convolution = convolution
        normalization = BatchNormalization(
            name, channels: convolution.outputChannels, epsilon: 1e-5, momentum: 0.1, negativeSlope: negativeSlope)
    }

    func declare(in declarations: inout NetworkDeclarations) {
        convolution.declare(in: &declarations)
        normalization.declare(in: &declarations)
    }

    /// `[N, H, W, Cin]` → `[N, P, Q, Cout]`, for a convolution or an addition to read.
    func apply(
        to input: some ConvolutionInput, mode: Mode, with tensors: NetworkTensors, on tape: Tape
    ) throws -> NormalizedVariable {
        let output = try convolution.apply(to: input, mode: mode, with: tensors, on: tape)
        return try normalization.normalize(output, mode: mode, with: tensors, on: tape)
    }
}
