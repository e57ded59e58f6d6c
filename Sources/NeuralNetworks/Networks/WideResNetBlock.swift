import Tensors

/// A pre-activation residual block of two 3×3 convolutions, described.
struct WideResNetBlock: ResidualBlock {
    /// What the branch's first convolution and the shortcut read.
    enum Arrangement: Hashable, Sendable {
        /// The branch reads the activated input, the shortcut the raw one: He et al. 2016, "Identity mappings".
        case preactivated
        /// Both read the activated input: the first block of stage 1.
        case activatedInput
        /// Both read the raw input. The first normalization's output is not used: its scale and shift have no
        /// gradient, but its running statistics move, since the code bases reproduced here compute it.
        case rawInput
    }

    let arrangement: Arrangement
    let firstNormalization: BatchNormalization
    let firstConvolution: Convolution2D
    let secondNormalization: BatchNormalization
    let secondConvolution: Convolution2D
    /// 1×1, where the widths differ or the stride is not 1; otherwise the shortcut is the input itself.
    let shortcut: Convolution2D?

    init(
        _ name: String, from inputChannels: Int, to outputChannels: Int, stride: Int, arrangement: Arrangement,
        configuration: WideResNetConfiguration
    ) {
        func normalization(_ suffix: String, _ channels: Int) -> BatchNormalization {
            BatchNormalization(
                "\(name).\(suffix)", channels: channels, epsilon: configuration.epsilon,
                momentum: configuration.momentum, negativeSlope: configuration.negativeSlope)
        }
        self.arrangement = arrangement
        firstNormalization = normalization("bn1", inputChannels)
        firstConvolution = Convolution2D(
            "\(name).conv1", from: inputChannels, to: outputChannels, window: 3, stride: stride)
        secondNormalization = normalization("bn2", outputChannels)
        secondConvolution = Convolution2D("\(name).conv2", from: outputChannels, to: outputChannels, window: 3)
        shortcut =
            inputChannels == outputChannels && stride == 1
            ? nil
            : Convolution2D(
                "\(name).convShortcut", from: inputChannels, to: outputChannels, window: 1, stride: stride)
    }

    func declare(in declarations: inout NetworkDeclarations) {
        firstNormalization.declare(in: &declarations)
        firstConvolution.declare(in: &declarations)
        secondNormalization.declare(in: &declarations)
        secondConvolution.declare(in: &declarations)
        shortcut?.declare(in: &declarations)
    }

    /// `[N, H, W, Cin]` → `[N, H / stride, W / stride, Cout]`.
    func apply(to input: Variable, mode: Mode, with tensors: NetworkTensors, on tape: Tape) throws -> Variable {
        var shortcutInput = input
        let hidden: Variable
        switch arrangement {
        case .preactivated:
            let normalized = try firstNormalization.normalize(input, mode: mode, with: tensors, on: tape)
            hidden = try firstConvolution.apply(to: normalized, mode: mode, with: tensors, on: tape)
        case .activatedInput:
            shortcutInput = try firstNormalization.apply(to: input, mode: mode, with: tensors, on: tape)
            hidden = try firstConvolution.apply(to: shortcutInput, mode: mode, with: tensors, on: tape)
        case .rawInput:
            if mode == .training { _ = try firstNormalization.normalize(input, mode: mode, with: tensors, on: tape) }
            hidden = try firstConvolution.apply(to: input, mode: mode, with: tensors, on: tape)
        }
        let activated = try secondNormalization.normalize(hidden, mode: mode, with: tensors, on: tape)
        let residual =
            try shortcut?.apply(to: shortcutInput, mode: .inference, with: tensors, on: tape) ?? shortcutInput
        return try secondConvolution.apply(to: activated, adding: residual, mode: mode, with: tensors, on: tape)
    }

    func problems(forInput shape: Shape) throws -> (problems: [Convolution2DProblem], outputShape: Shape) {
        let first = try firstConvolution.problem(forInput: shape)
        let second = try secondConvolution.problem(forInput: first.outputShape)
        let shortcutProblem = try shortcut?.problem(forInput: shape)
        return ([first, second] + [shortcutProblem].compactMap { $0 }, second.outputShape)
    }
}
