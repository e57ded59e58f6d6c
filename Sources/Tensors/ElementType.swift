/// What one element of a tensor is.
public enum ElementType: String, Hashable, Sendable, CaseIterable {
    /// IEEE 754 binary32: activations, parameters, losses.
    case float32
    /// IEEE 754 binary16: activations that are stored in half the memory. Nothing is computed in it.
    case float16
    /// Two's complement, 32 bits: labels and row indices.
    case int32
    /// Unsigned, 8 bits: images before normalisation.
    case uint8

    /// Bytes per element.
    public var byteCount: Int {
        switch self {
        case .float32, .int32: 4
        case .float16: 2
        case .uint8: 1
        }
    }
}
