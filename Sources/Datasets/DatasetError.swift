import Foundation

/// What can be wrong with data on disk or with a wish for it. Each message says what to do next.
public enum DatasetError: Error, Equatable, Sendable {
    /// A file is missing.
    case missing(path: String, advice: String)
    /// A file is there and is not what it should be.
    case corrupt(path: String, problem: String)
    /// The wish cannot be met.
    case invalid(String)
}

extension DatasetError: LocalizedError, CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        switch self {
        case .missing(let path, let advice): "\(path) is missing; \(advice)"
        case .corrupt(let path, let problem): "\(path): \(problem)"
        case .invalid(let problem): problem
        }
    }

    /// The same line, for Foundation.
    public var errorDescription: String? { description }
}
