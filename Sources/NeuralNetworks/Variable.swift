import Tensors

/// A tensor that takes part in a computation on a ``Tape``, and the gradient of the loss with respect to it.
public final class Variable {
    /// The elements.
    public let value: Tensor
    /// Whether backward passes compute a gradient for it.
    public let requiresGradient: Bool
    /// The gradient of the last backward pass; nil where none has arrived yet.
    public internal(set) var gradient: Tensor?
    /// Where the first gradient of a step is written: a parameter's place in the arena of gradients.
    let gradientDestination: Tensor?
    /// The moments of the value, if what computed it gathered them for a batch normalization.
    let moments: ChannelMoments?

    /// A variable that no tape has made: a parameter, or an input whose gradient is wanted.
    public convenience init(_ value: Tensor, requiresGradient: Bool, gradientDestination: Tensor? = nil) {
        self.init(value, requiresGradient: requiresGradient, gradientDestination: gradientDestination, moments: nil)
    }

    init(
        _ value: Tensor, requiresGradient: Bool, gradientDestination: Tensor? = nil, moments: ChannelMoments?
    ) {
        self.value = value
        self.requiresGradient = requiresGradient
        self.gradientDestination = gradientDestination
        self.moments = moments
    }

    /// The shape of the value.
    public var shape: Shape { value.shape }

    /// Forgets the gradient, so that the next backward pass starts from nothing.
    public func resetGradient() {
        gradient = nil
    }
}
