/// Checks that every backend makes in the same words, so that a mistake gives the same error everywhere.
public enum Expect {
    /// - Throws: `TensorError.invalidArgument` unless `tensor` has exactly this shape.
    public static func shape(_ tensor: Tensor, _ expected: Shape, _ name: String, operation: String) throws {
        guard tensor.shape == expected else {
            throw TensorError.invalidArgument(
                operation: operation, problem: "\(name) is \(tensor.shape), must be \(expected)")
        }
    }

    /// - Throws: `TensorError.invalidArgument` unless `tensor` has this element type.
    public static func elementType(
        _ tensor: Tensor, _ expected: ElementType, _ name: String, operation: String
    ) throws {
        guard tensor.elementType == expected else {
            throw TensorError.invalidArgument(
                operation: operation,
                problem: "\(name) holds \(tensor.elementType.rawValue), must hold \(expected.rawValue)")
        }
    }

    /// - Throws: `TensorError.invalidArgument` unless `tensor` holds floats and has exactly this shape.
    public static func floats(_ tensor: Tensor, _ expected: Shape, _ name: String, operation: String) throws {
        try elementType(tensor, .float32, name, operation: operation)
        try shape(tensor, expected, name, operation: operation)
    }

    /// - Throws: `TensorError.invalidArgument` unless `tensor` holds numbers as activations may: float32 or float16.
    public static func activations(_ tensor: Tensor, _ name: String, operation: String) throws {
        guard tensor.elementType == .float32 || tensor.elementType == .float16 else {
            throw TensorError.invalidArgument(
                operation: operation,
                problem: "\(name) holds \(tensor.elementType.rawValue), must hold float32 or float16")
        }
    }

    /// - Throws: `TensorError.invalidArgument` unless `tensor` has this shape and holds activations of the same type as
    ///   `others`.
    public static func activations(
        _ tensor: Tensor, _ expected: Shape, as others: Tensor, _ name: String, operation: String
    ) throws {
        try elementType(tensor, others.elementType, name, operation: operation)
        try shape(tensor, expected, name, operation: operation)
    }

    /// - Throws: `TensorError.invalidArgument` unless `tensor` is a matrix of floats with at least one column.
    public static func matrix(_ tensor: Tensor, _ name: String, operation: String) throws {
        try elementType(tensor, .float32, name, operation: operation)
        guard tensor.shape.rank == 2, tensor.shape[1] > 0 else {
            throw TensorError.invalidArgument(
                operation: operation, problem: "\(name) is \(tensor.shape), must be a matrix with columns")
        }
    }

    /// - Throws: `TensorError.invalidArgument` unless `tensor` holds floats in rows of at least one column.
    public static func rows(_ tensor: Tensor, _ name: String, operation: String) throws {
        try elementType(tensor, .float32, name, operation: operation)
        try columns(tensor, name, operation: operation)
    }

    private static func columns(_ tensor: Tensor, _ name: String, operation: String) throws {
        guard tensor.shape.rank >= 1, tensor.shape.columns > 0 else {
            throw TensorError.invalidArgument(
                operation: operation, problem: "\(name) is \(tensor.shape), must have columns")
        }
    }

    /// - Throws: `TensorError.invalidArgument` unless `tensor` holds activations in rows of at least one column.
    public static func activationRows(_ tensor: Tensor, _ name: String, operation: String) throws {
        try activations(tensor, name, operation: operation)
        try columns(tensor, name, operation: operation)
    }

    /// - Throws: `TensorError.invalidArgument` unless `tensor` is a vector of int32; `count` nil means of any length.
    public static func integers(
        _ tensor: Tensor, count: Int? = nil, _ name: String, operation: String
    ) throws {
        try elementType(tensor, .int32, name, operation: operation)
        guard tensor.shape.rank == 1, count == nil || tensor.count == count else {
            let length = count.map { "\($0) elements" } ?? "any length"
            throw TensorError.invalidArgument(
                operation: operation, problem: "\(name) is \(tensor.shape), must be a vector of \(length)")
        }
    }

    /// - Throws: `TensorError.invalidArgument` unless both tensors have as many elements, of the same type.
    public static func sameElements(
        _ first: Tensor, _ second: Tensor, _ names: String, operation: String
    ) throws {
        guard first.count == second.count, first.elementType == second.elementType else {
            throw TensorError.invalidArgument(
                operation: operation,
                problem: "\(names) are \(first.shape) \(first.elementType.rawValue) and \(second.shape) "
                    + "\(second.elementType.rawValue), must have as many elements of one type")
        }
    }

    /// - Throws: `TensorError.invalidArgument` unless the value is above zero (and a number).
    public static func positive(_ value: Float, _ name: String, operation: String) throws {
        guard value > 0 else {
            throw TensorError.invalidArgument(operation: operation, problem: "\(name) is \(value), must be positive")
        }
    }

    /// - Throws: `TensorError.invalidArgument` unless a normalization's slope below zero is at most 1 (and a number): kernels
    ///   take the larger of `z` and `negativeSlope · z`.
    public static func negativeSlope(of normalization: ChannelNormalization, operation: String) throws {
        guard normalization.negativeSlope <= 1 else {
            throw TensorError.invalidArgument(
                operation: operation,
                problem: "the slope below zero is \(normalization.negativeSlope), must be at most 1")
        }
    }

    /// - Throws: `TensorError.invalidArgument` unless the value is at least one.
    public static func positive(_ value: Int, _ name: String, operation: String) throws {
        guard value >= 1 else {
            throw TensorError.invalidArgument(operation: operation, problem: "\(name) is \(value), must be at least 1")
        }
    }
}
