import Tensors

/// A forward operation and its backward one: a row of the finite-difference check.
public struct GradientRow: Sendable {
    /// The forward operation's name.
    public let operation: String
    /// The problem in a few words.
    public let problem: String

    let arguments: [Argument]
    /// The arguments that `backward` gives gradients of.
    let differentiated: [String]
    /// How far an argument is moved. Every kink of the function must be farther than twice this from the arguments.
    let step: Double
    /// Computes `y`.
    let forward: @Sendable (_ backend: any Backend, _ arguments: PlacedArguments) throws -> Tensor
    /// Computes the gradients of `Σ outputGradient · y` by the argument's name.
    let backward:
        @Sendable (_ backend: any Backend, _ arguments: PlacedArguments, _ outputGradient: Tensor) throws -> [String:
            Tensor]

    init(
        _ operation: String, _ problem: String, _ arguments: [Argument], differentiated: [String],
        step: Double = 1.0 / 16,
        forward: @escaping @Sendable (_ backend: any Backend, _ arguments: PlacedArguments) throws -> Tensor,
        backward:
            @escaping @Sendable (
                _ backend: any Backend, _ arguments: PlacedArguments, _ outputGradient: Tensor
            ) throws -> [String: Tensor]
    ) {
        self.operation = operation
        self.problem = problem
        self.arguments = arguments
        self.differentiated = differentiated
        self.step = step
        self.forward = forward
        self.backward = backward
    }

    /// What `equipoise parity --only` takes.
    public var name: String { "\(operation) \(problem)" }
}
