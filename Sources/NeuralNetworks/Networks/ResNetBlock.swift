import Tensors

/// A residual block of convolutions that are normalised after them, described: two of 3×3 (the basic block), or 1×1, 3×3
/// and 1×1 with four times the channels (the bottleneck). Source: He et al., CVPR 2016, figure 5; the bottleneck's stride
/// is that of its 3×3 convolution, as torchvision has it.
struct ResNetBlock: ResidualBlock {
    private let first: NormalizedConvolution
    private let others: [NormalizedConvolution]
    /// 1×1 and normalised, where the widths differ or the stride is not 1; otherwise the shortcut is the input itself.
    private let shortcut: NormalizedConvolution?

    /// A block of the given kind.
    ///
    /// - Parameter channels: of the 3×3 convolutions.
    init(
        _ name: String, _ kind: ResNetConfiguration.BlockKind, from inputChannels: Int, channels: Int, stride: Int
    ) {
        let outputChannels = channels * kind.expansion
        let shapes: [(window: Int, outputChannels: Int, stride: Int)] =
            switch kind {
            case .basic: [(3, channels, stride), (3, channels, 1)]
            case .bottleneck: [(1, channels, 1), (3, channels, stride), (1, outputChannels, 1)]
            }
        var branch: [NormalizedConvolution] = []
        for (index, shape) in shapes.enumerated() {
            branch.append(
                NormalizedConvolution(
                    Convolution2D(
                        "\(name).conv\(index + 1)", from: branch.last?.convolution.outputChannels ?? inputChannels,
                        to: shape.outputChannels, window: shape.window, stride: shape.stride),
                    normalizedAs: "\(name).bn\(index + 1)", negativeSlope: index == shapes.count - 1 ? 1 : 0))
        }
        first = branch.removeFirst()
        others = branch
        shortcut =
            inputChannels == outputChannels && stride == 1
            ? nil
            : NormalizedConvolution(
                Convolution2D(
                    "\(name).downsample.0", from: inputChannels, to: outputChannels, window: 1, stride: stride),
                normalizedAs: "\(name).downsample.1", negativeSlope: 1)
    }

    func declare(in declarations: inout NetworkDeclarations) {
        first.declare(in: &declarations)
        others.forEach { $0.declare(in: &declarations) }
        shortcut?.declare(in: &declarations)
    }

    /// `[N, H, W, Cin]` → `[N, H / stride, W / stride, Cout]`.
    func apply(to input: Variable, mode: Mode, with tensors: NetworkTensors, on tape: Tape) throws -> Variable {
        var hidden = try first.apply(to: input, mode: mode, with: tensors, on: tape)
        for layer in others { hidden = try layer.apply(to: hidden, mode: mode, with: tensors, on: tape) }
        let output = try tape.value(of: hidden)
        let residual = try shortcut?.apply(to: input, mode: mode, with: tensors, on: tape)
        return try tape.leakyReLU(tape.add(output, residual.map(tape.value) ?? input), negativeSlope: 0)
    }

    func problems(forInput shape: Shape) throws -> (problems: [Convolution2DProblem], outputShape: Shape) {
        var (problems, outputShape): ([Convolution2DProblem], Shape) = ([], shape)
        for layer in [first] + others {
            let problem = try layer.convolution.problem(forInput: outputShape)
            problems.append(problem)
            outputShape = problem.outputShape
        }
        if let shortcut { problems.append(try shortcut.convolution.problem(forInput: shape)) }
        return (problems, outputShape)
    }
}
