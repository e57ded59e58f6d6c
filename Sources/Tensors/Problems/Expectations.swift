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

    /// - Throws: `TensorError.invalidArgument` unless `tensor` is a matrix of floats with at least one column.
    public static func matrix(_ tensor: Tensor, _ name: String, operation: String) throws {
        try elementType(tensor, .float32, name, operation: operation)
        guard tensor.shape.rank == 2, tensor.shape[1] > 0 else {
            throw TensorError.invalidArgument(
                operation: operation, problem: "\(name) is \(tensor.shape), must be a matrix with columns")
        }
    }
}
