import Foundation

/// What an operation on tensors can refuse, whatever the backend.
public enum TensorError: Error, Equatable, Sendable {
    /// The arguments do not fit each other or the operation.
    case invalidArgument(operation: String, problem: String)
    /// A tensor of another backend was passed.
    case foreignTensor(operation: String, backend: String)
    /// The device cannot do the operation on this problem. Nothing falls back silently.
    case unsupported(operation: String, problem: String, device: String)
    /// The device has no memory left. `advice` says what to change.
    case outOfMemory(neededBytes: Int, availableBytes: Int, device: String, advice: String)
}

extension TensorError: LocalizedError, CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        switch self {
        case .invalidArgument(let operation, let problem):
            "\(operation): \(problem)"
        case .foreignTensor(let operation, let backend):
            "\(operation): a tensor of another backend was passed to \(backend); read it back and write it there first"
        case .unsupported(let operation, let problem, let device):
            "\(operation): \(device) cannot do this: \(problem)"
        case .outOfMemory(let needed, let available, let device, let advice):
            "out of memory on \(device): \(needed) bytes needed, \(available) available; \(advice)"
        }
    }

    /// The same line, for Foundation.
    public var errorDescription: String? { description }
}
