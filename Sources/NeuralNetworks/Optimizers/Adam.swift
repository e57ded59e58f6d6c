import Tensors

/// Adam, and AdamW where the weight decay is decoupled, in PyTorch's conventions. Formula: ``AdamStep``.
public final class Adam: Optimizer {
    private let parameters: ParameterArena
    private let firstDecay: Float
    private let secondDecay: Float
    private let epsilon: Float
    private let decoupledWeightDecay: Bool
    private let ranges: [OptimizedRange]
    private let firstMoment: Tensor
    private let secondMoment: Tensor
    private var stepsTaken = 0

    /// - Parameters:
    ///   - decoupledWeightDecay: AdamW: the decay shrinks the parameters directly and is not part of the gradient.
    ///   - weightDecaySkipsBatchNormalizationAndBias: decay weights only.
    ///   - names: the parameters that are moved; nil for all. The others are not even decayed.
    public init(
        _ parameters: ParameterArena, firstDecay: Float = 0.9, secondDecay: Float = 0.999, epsilon: Float = 1e-8,
        weightDecay: Float = 0, decoupledWeightDecay: Bool = false,
        weightDecaySkipsBatchNormalizationAndBias: Bool = false, moving names: Set<String>? = nil
    ) throws {
        self.parameters = parameters
        self.firstDecay = firstDecay
        self.secondDecay = secondDecay
        self.epsilon = epsilon
        self.decoupledWeightDecay = decoupledWeightDecay
        ranges = parameters.ranges(
            weightDecay: weightDecay, skippingScalesAndBiases: weightDecaySkipsBatchNormalizationAndBias,
            of: names)
        firstMoment = try parameters.layout.makeZeros(on: parameters.backend)
        secondMoment = try parameters.layout.makeZeros(on: parameters.backend)
    }

    /// Updates the whole arena in one launch, or two where weight decay differs; chosen parameters in one each.
    public func step(learningRate: Float, lossScale: Float) throws {
        stepsTaken += 1
        for range in ranges {
            try parameters.backend.adamStep(
                AdamStep(
                    learningRate: learningRate, firstDecay: firstDecay, secondDecay: secondDecay, epsilon: epsilon,
                    weightDecay: range.weightDecay, decoupledWeightDecay: decoupledWeightDecay,
                    step: stepsTaken, gradientScale: 1 / lossScale),
                parameters: parameters.values.slice(range.elements),
                gradients: parameters.gradients.slice(range.elements),
                firstMoment: firstMoment.slice(range.elements), secondMoment: secondMoment.slice(range.elements))
        }
    }

    /// Both moments of each parameter, and the number of steps taken.
    public func state() throws -> [String: HostTensor] {
        var state = try parameters.layout.read(firstMoment, prefix: "first_moment", on: parameters.backend)
        state.merge(
            try parameters.layout.read(secondMoment, prefix: "second_moment", on: parameters.backend),
            uniquingKeysWith: { first, _ in first })
        state["steps_taken"] = try HostTensor([Int32(clamping: stepsTaken)], shape: [1])
        return state
    }

    /// Puts back what ``state()`` gave.
    public func restore(_ state: [String: HostTensor]) throws {
        guard let steps = try state["steps_taken"]?.integers(), let count = steps.first, count >= 0 else {
            throw NetworkError.stateMismatch(missing: ["steps_taken"], unexpected: [], misshaped: [])
        }
        try parameters.layout.write(state, prefix: "first_moment", into: firstMoment, on: parameters.backend)
        try parameters.layout.write(state, prefix: "second_moment", into: secondMoment, on: parameters.backend)
        stepsTaken = Int(count)
    }
}
