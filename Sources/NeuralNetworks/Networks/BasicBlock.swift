import Tensors

/// A residual block of two 3×3 convolutions, each followed by its normalization, described.
/// Source: He et al., CVPR 2016, figure 2.
struct BasicBlock: Sendable {
    let firstConvolution: Convolution2D
    let firstNormalization: BatchNormalization
    let secondConvolution: Convolution2D
    let secondNormalization: BatchNormalization
    /// 1×1 and normalised, where the widths differ or the stride is not 1; otherwise the shortcut is the input itself.
    let shortcut: (convolution: Convolution2D, normalization: BatchNormalization)?

    init(_ name: String, from inputChannels: Int, to outputChannels: Int, stride: Int) {
        firstConvolution = Convolution2D(
            "\(name).conv1", from: inputChannels, to: outputChannels, window: 3, stride: stride)
        firstNormalization = Self.normalization("\(name).bn1", channels: outputChannels, negativeSlope: 0)
        secondConvolution = Convolution2D("\(name).conv2", from: outputChannels, to: outputChannels, window: 3)
        secondNormalization = Self.normalization("\(name).bn2", channels: outputChannels, negativeSlope: 1)
        shortcut =
            inputChannels == outputChannels && stride == 1
            ? nil
            : (
                Convolution2D(
                    "\(name).downsample.0", from: inputChannels, to: outputChannels, window: 1, stride: stride),
                Self.normalization("\(name).downsample.1", channels: outputChannels, negativeSlope: 1)
            )
    }

    /// PyTorch's defaults.
    static func normalization(_ name: String, channels: Int, negativeSlope: Float) -> BatchNormalization {
        BatchNormalization(name, channels: channels, epsilon: 1e-5, momentum: 0.1, negativeSlope: negativeSlope)
    }

    func declare(in declarations: inout NetworkDeclarations) {
        firstConvolution.declare(in: &declarations)
        firstNormalization.declare(in: &declarations)
        secondConvolution.declare(in: &declarations)
        secondNormalization.declare(in: &declarations)
        shortcut?.convolution.declare(in: &declarations)
        shortcut?.normalization.declare(in: &declarations)
    }

    /// `[N, H, W, Cin]` → `[N, H / stride, W / stride, Cout]`.
    func apply(to input: Variable, mode: Mode, with tensors: NetworkTensors, on tape: Tape) throws -> Variable {
        let hidden = try firstConvolution.apply(to: input, mode: mode, with: tensors, on: tape)
        let activated = try firstNormalization.normalize(hidden, mode: mode, with: tensors, on: tape)
        var branch = try secondConvolution.apply(to: activated, mode: mode, with: tensors, on: tape)
        branch = try secondNormalization.apply(to: branch, mode: mode, with: tensors, on: tape)
        var residual = input
        if let shortcut {
            residual = try shortcut.convolution.apply(to: input, mode: mode, with: tensors, on: tape)
            residual = try shortcut.normalization.apply(to: residual, mode: mode, with: tensors, on: tape)
        }
        return try tape.leakyReLU(try tape.add(branch, residual), negativeSlope: 0)
    }

    /// The convolutions, each with the shape that it reads when the block reads `shape`, and the block's output shape.
    func problems(forInput shape: Shape) throws -> (problems: [Convolution2DProblem], outputShape: Shape) {
        let first = try firstConvolution.problem(forInput: shape)
        let second = try secondConvolution.problem(forInput: first.outputShape)
        let shortcutProblem = try shortcut?.convolution.problem(forInput: shape)
        return ([first, second] + [shortcutProblem].compactMap { $0 }, second.outputShape)
    }
}
