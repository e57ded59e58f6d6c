import Foundation

/// What can be wrong with a file of tensors.
public enum FileError: Error, Equatable, Sendable {
    /// The file cannot be opened or read.
    case cannotRead(path: String, reason: String)
    /// The file cannot be written; nothing is left under its name that was not there before.
    case cannotWrite(path: String, reason: String)
    /// The content is not what the format asks for.
    case corrupt(path: String, problem: String)
}

extension FileError: LocalizedError, CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        switch self {
        case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .corrupt(let path, let problem): "\(path) is corrupt: \(problem)"
        }
    }

    /// The same line, for Foundation.
    public var errorDescription: String? { description }
}
