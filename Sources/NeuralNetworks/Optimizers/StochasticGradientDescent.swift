import Tensors

/// Stochastic gradient descent with momentum, in PyTorch's conventions. Formula: ``StochasticGradientDescentStep``.
public final class StochasticGradientDescent: Optimizer {
    private let parameters: ParameterArena
    private let momentum: Float
    private let nesterov: Bool
    private let ranges: [OptimizedRange]
    private let velocity: Tensor

    /// - Parameters:
    ///   - weightDecaySkipsBatchNormalizationAndBias: FixMatch's and USB's recipes decay weights only, DASO's decays
    ///     everything.
    ///   - names: the parameters that are moved; nil for all. The others are not even decayed.
    public init(
        _ parameters: ParameterArena, momentum: Float = 0.9, nesterov: Bool = true, weightDecay: Float = 5e-4,
        weightDecaySkipsBatchNormalizationAndBias: Bool = false, moving names: Set<String>? = nil
    ) throws {
        self.parameters = parameters
        self.momentum = momentum
        self.nesterov = nesterov
        ranges = parameters.ranges(
            weightDecay: weightDecay, skippingScalesAndBiases: weightDecaySkipsBatchNormalizationAndBias,
            of: names)
        velocity = try parameters.layout.makeZeros(on: parameters.backend)
    }

    /// Updates the whole arena in one launch, or two where weight decay differs; chosen parameters in one each.
    public func step(learningRate: Float, lossScale: Float) throws {
        for range in ranges {
            try parameters.backend.stochasticGradientDescentStep(
                StochasticGradientDescentStep(
                    learningRate: learningRate, momentum: momentum, nesterov: nesterov,
                    weightDecay: range.weightDecay, gradientScale: 1 / lossScale),
                parameters: parameters.values.slice(range.elements),
                gradients: parameters.gradients.slice(range.elements), velocity: velocity.slice(range.elements))
        }
    }

    /// The velocity of each parameter.
    public func state() throws -> [String: HostTensor] {
        try parameters.layout.read(velocity, prefix: "velocity", on: parameters.backend)
    }

    /// Puts back what ``state()`` gave.
    public func restore(_ state: [String: HostTensor]) throws {
        try parameters.layout.write(state, prefix: "velocity", into: velocity, on: parameters.backend)
    }
}
