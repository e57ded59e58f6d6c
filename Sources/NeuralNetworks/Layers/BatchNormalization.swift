import Tensors

/// Batch normalization and the leaky ReLU that follows it, described; its tensors lie in the network's arenas.
public struct BatchNormalization: Hashable, Sendable {
    /// The name in files, without `.weight`.
    public let name: String
    /// C.
    public let channels: Int
    /// Added to the variance.
    public let epsilon: Float
    /// The weight of the new batch in the running statistics.
    public let momentum: Float
    /// The slope below zero of the activation that follows; 1 means none.
    public let negativeSlope: Float

    /// Describes a layer.
    public init(_ name: String, channels: Int, epsilon: Float, momentum: Float, negativeSlope: Float) {
        self.name = name
        self.channels = channels
        self.epsilon = epsilon
        self.momentum = momentum
        self.negativeSlope = negativeSlope
    }

    /// Declares scale 1, shift 0, running mean 0 and running variance 1.
    public func declare(in declarations: inout NetworkDeclarations) {
        declarations.scaleOrBias("\(name).weight", [channels], .constant(1))
        declarations.scaleOrBias("\(name).bias", [channels], .constant(0))
        declarations.buffer("\(name).running_mean", [channels], startingAt: 0)
        declarations.buffer("\(name).running_var", [channels], startingAt: 1)
    }

    /// `[…, C]`, the same shape out.
    public func apply(
        to input: Variable, mode: Mode, with tensors: NetworkTensors, on tape: Tape
    ) throws -> Variable {
        try tape.value(of: normalize(input, mode: mode, with: tensors, on: tape))
    }

    /// `[…, C]`, for a convolution to read: in training the running statistics move, whether it is read or not.
    public func normalize(
        _ input: Variable, mode: Mode, with tensors: NetworkTensors, on tape: Tape
    ) throws -> NormalizedVariable {
        let scale = try tensors.parameters.variable("\(name).weight")
        let shift = try tensors.parameters.variable("\(name).bias")
        let running = RunningStatistics(
            mean: try tensors.buffers.tensor("\(name).running_mean"),
            variance: try tensors.buffers.tensor("\(name).running_var"))
        switch mode {
        case .training:
            return try tape.batchNormalizationTraining(
                input, scale: scale, shift: shift, running: running, epsilon: epsilon, momentum: momentum,
                negativeSlope: negativeSlope)
        case .inference:
            return try tape.batchNormalizationInference(
                input, scale: scale, shift: shift, running: running, epsilon: epsilon, negativeSlope: negativeSlope)
        }
    }
}
