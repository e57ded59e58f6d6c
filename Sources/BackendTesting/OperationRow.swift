import Tensors

/// One operation on one problem: what the checks run on every backend.
public struct OperationRow: Sendable {
    /// The operation's name in the protocol: `convolution2D`.
    public let operation: String
    /// The problem in a few words: `n2 h9 w7 c16 k33 r3 s2 p1`.
    public let problem: String
    /// How far two backends may be apart.
    public let tolerance: Tolerance
    /// What the operation costs; nil where nobody measures it.
    public let work: Work?

    let arguments: [Argument]
    /// Performs the operation and returns its new tensors by name. Arguments that it changes need not be returned.
    let perform: @Sendable (_ backend: any Backend, _ arguments: PlacedArguments) throws -> [String: Tensor]

    init(
        _ operation: String, _ problem: String, _ arguments: [Argument], tolerance: Tolerance, work: Work? = nil,
        perform: @escaping @Sendable (_ backend: any Backend, _ arguments: PlacedArguments) throws -> [String: Tensor]
    ) {
        self.operation = operation
        self.problem = problem
        self.arguments = arguments
        self.tolerance = tolerance
        self.work = work
        self.perform = perform
    }

    /// What `equipoise parity --only` takes.
    public var name: String { "\(operation) \(problem)" }
}

/// What an operation costs.
public struct Work: Hashable, Sendable {
    /// Floating-point operations, a multiply-add counting as two.
    public let floatingPointOperations: Int
    /// Bytes that must be read and written at least, each tensor once.
    public let bytes: Int

    /// The cost of one call.
    public init(floatingPointOperations: Int, bytes: Int) {
        self.floatingPointOperations = floatingPointOperations
        self.bytes = bytes
    }

    /// An operation on floats that is limited by memory.
    static func moving(floats: Int, operationsPerFloat: Int = 1) -> Work {
        Work(floatingPointOperations: operationsPerFloat * floats, bytes: 4 * floats)
    }
}
