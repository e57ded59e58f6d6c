/// Functions of one element.
public enum UnaryOperation: String, Hashable, Sendable, CaseIterable {
    /// eˣ
    case exponential
    /// ln x
    case logarithm
    /// √x
    case squareRoot
}

/// Functions of two elements.
public enum BinaryOperation: String, Hashable, Sendable, CaseIterable {
    case add, subtract, multiply, divide, minimum, maximum
    /// aᵇ for a ≥ 0; 0⁰ is 1.
    case power
    /// 1 where a ≥ b, else 0.
    case greaterOrEqual
}

/// Operations on each element by itself.
/// An implementation must pass the parity rows of these names and the golden vectors `add_*`, `leaky_relu_*`.
public protocol PointwiseOperations: AnyObject {
    /// `operation(x)` for each element.
    func unary(_ operation: UnaryOperation, _ input: Tensor) throws -> Tensor

    /// `operation(a, b)` for each element of `first`, `second` being repeated as ``Broadcast`` says. Where `first` is
    /// float16, so is the result, and so must be a `second` of the same shape; one that is repeated stays float32.
    func binary(_ operation: BinaryOperation, _ first: Tensor, _ second: Tensor) throws -> Tensor

    /// The same numbers in another type, float32 or float16: rounded to nearest, ties to even; what rounds above 65504
    /// becomes infinite in float16.
    func convert(_ input: Tensor, to elementType: ElementType) throws -> Tensor

    /// `scale · x + shift` for each element.
    func affine(_ input: Tensor, scale: Float, shift: Float) throws -> Tensor

    /// `destination += scale · input`, in place; both have the same count.
    func accumulate(_ input: Tensor, scale: Float, into destination: Tensor) throws

    /// `x > 0 ? x : negativeSlope · x`.
    func leakyReLU(_ input: Tensor, negativeSlope: Float) throws -> Tensor

    /// `outputGradient · (x > 0 ? 1 : negativeSlope)`.
    func leakyReLUGradient(_ outputGradient: Tensor, input: Tensor, negativeSlope: Float) throws -> Tensor
}
