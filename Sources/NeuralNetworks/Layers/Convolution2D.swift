import Tensors

/// A convolution of square windows, described; its filter and bias lie in the network's arenas.
public struct Convolution2D: Hashable, Sendable {
    /// The name in files, without `.weight`.
    public let name: String
    /// Cin.
    public let inputChannels: Int
    /// Cout.
    public let outputChannels: Int
    /// Rows and columns of the filter.
    public let window: Int
    /// Pixels between neighbouring windows.
    public let stride: Int
    /// Rows and columns of zeros around the input.
    public let padding: Int
    /// Whether a bias is added.
    public let hasBias: Bool

    /// Describes a convolution that keeps the input's extent, but for the stride, where `window` is odd.
    public init(
        _ name: String, from inputChannels: Int, to outputChannels: Int, window: Int, stride: Int = 1,
        hasBias: Bool = false
    ) {
        self.name = name
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.window = window
        self.stride = stride
        padding = window / 2
        self.hasBias = hasBias
    }

    private var filterShape: Shape { [window, window, inputChannels, outputChannels] }

    /// Declares the filter, by He's initialisation, and the bias, by PyTorch's default (evenly within ±1/√fanIn).
    public func declare(in declarations: inout NetworkDeclarations) {
        declarations.filter(
            "\(name).weight", filterShape, .kaimingNormal(fanOut: window * window * outputChannels))
        if hasBias {
            let fanIn = window * window * inputChannels
            declarations.scaleOrBias(
                "\(name).bias", [outputChannels], .uniform(bound: Float(1 / Double(fanIn).squareRoot())))
        }
    }

    /// `[N, H, W, Cin]` → `[N, P, Q, Cout]`.
    ///
    /// - Parameters:
    ///   - residual: `[N, P, Q, Cout]`, added to the output; nil for none.
    ///   - mode: whether a batch normalization that reads the output takes the batch's statistics.
    public func apply(
        to input: some ConvolutionInput, adding residual: Variable? = nil, mode: Mode, with tensors: NetworkTensors,
        on tape: Tape
    ) throws -> Variable {
        let output = try tape.convolution2D(
            input, filter: tensors.parameters.variable("\(name).weight"), stride: stride, padding: padding,
            adding: residual, gatheringMoments: mode == .training && !hasBias)
        return hasBias ? try tape.addBias(output, tensors.parameters.variable("\(name).bias")) : output
    }

    /// The problem that an input of `shape` poses.
    ///
    /// - Throws: what ``Convolution2DProblem`` refuses.
    func problem(forInput shape: Shape) throws -> Convolution2DProblem {
        try Convolution2DProblem(input: shape, filter: filterShape, stride: stride, padding: padding)
    }
}
