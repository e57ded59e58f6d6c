/// One step of stochastic gradient descent. Units: the learning rate multiplies the gradient once.
public struct StochasticGradientDescentStep: Hashable, Sendable {
    /// What the gradient or velocity is multiplied by.
    public var learningRate: Float
    /// 0 means no velocity.
    public var momentum: Float
    /// Look ahead along the new velocity (Nesterov).
    public var nesterov: Bool
    /// L2 penalty, added to the gradient.
    public var weightDecay: Float
    /// What the gradient is multiplied by first: the inverse of what the loss was multiplied by.
    public var gradientScale: Float

    /// Describes a step.
    public init(
        learningRate: Float, momentum: Float, nesterov: Bool, weightDecay: Float, gradientScale: Float = 1
    ) {
        self.learningRate = learningRate
        self.momentum = momentum
        self.nesterov = nesterov
        self.weightDecay = weightDecay
        self.gradientScale = gradientScale
    }
}

/// One step of Adam. Source: Kingma and Ba 2015; AdamW: Loshchilov and Hutter 2019.
public struct AdamStep: Hashable, Sendable {
    /// What the corrected ratio of the moments is multiplied by.
    public var learningRate: Float
    /// β₁: how much of the first moment is kept.
    public var firstDecay: Float
    /// β₂: how much of the second moment is kept.
    public var secondDecay: Float
    /// Added to the root of the second moment.
    public var epsilon: Float
    /// L2 penalty, added to the gradient or, decoupled, taken off the parameter.
    public var weightDecay: Float
    /// AdamW: the decay shrinks the parameter directly and is not part of the gradient.
    public var decoupledWeightDecay: Bool
    /// 1 for the first step; corrects the bias of the moments.
    public var step: Int
    /// What the gradient is multiplied by first: the inverse of what the loss was multiplied by.
    public var gradientScale: Float

    /// Describes a step.
    public init(
        learningRate: Float, firstDecay: Float, secondDecay: Float, epsilon: Float, weightDecay: Float,
        decoupledWeightDecay: Bool, step: Int, gradientScale: Float = 1
    ) {
        self.learningRate = learningRate
        self.firstDecay = firstDecay
        self.secondDecay = secondDecay
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.decoupledWeightDecay = decoupledWeightDecay
        self.step = step
        self.gradientScale = gradientScale
    }
}

/// Updates over a whole arena of parameters at once, in place, one launch each.
/// An implementation must pass the parity rows of these names and the golden vectors of kind `optimizer`.
public protocol OptimizerOperations: AnyObject {
    /// `g ← gradientScale · g + weightDecay · p`; `v ← momentum · v + g`;
    /// `p ← p − learningRate · (nesterov ? g + momentum · v : v)`.
    /// With momentum 0: `p ← p − learningRate · g`, and the velocity may be nil.
    /// The velocity starts as zeros, which makes the first step `v = g` as PyTorch has it.
    func stochasticGradientDescentStep(
        _ step: StochasticGradientDescentStep, parameters: Tensor, gradients: Tensor, velocity: Tensor?
    ) throws

    /// `g ← gradientScale · g + weightDecay · p` (or, decoupled, `g ← gradientScale · g` and
    /// `p ← p · (1 − learningRate · weightDecay)`);
    /// `m ← β₁ m + (1−β₁) g`; `v ← β₂ v + (1−β₂) g²`;
    /// `p ← p − learningRate · (m / (1−β₁ᵗ)) / (√(v / (1−β₂ᵗ)) + epsilon)`.
    func adamStep(
        _ step: AdamStep, parameters: Tensor, gradients: Tensor, firstMoment: Tensor, secondMoment: Tensor
    ) throws

    /// `average ← decay · average + (1 − decay) · value`, in place.
    func exponentialMovingAverage(_ average: Tensor, of value: Tensor, decay: Float) throws
}
