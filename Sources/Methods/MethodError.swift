import Foundation

/// What a learning method refuses. Each message says what to do.
public enum MethodError: Error, Equatable, Sendable {
    /// An option has a value that the method cannot work with.
    case invalidOption(name: String, problem: String)
    /// The training loop did not give something that the method's requirements declare, or not in the right size.
    case invalidInput(name: String, problem: String)
    /// A state to be restored is not one of this method with these options.
    case invalidState(name: String, problem: String)
}

extension MethodError: LocalizedError, CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        switch self {
        case .invalidOption(let name, let problem): "the method's option \(name) \(problem)"
        case .invalidInput(let name, let problem): "the method's input \(name) \(problem)"
        case .invalidState(let name, let problem):
            "the method's saved state \(name) \(problem); resume with the options that the checkpoint was made with"
        }
    }

    /// The same line, for Foundation.
    public var errorDescription: String? { description }
}
