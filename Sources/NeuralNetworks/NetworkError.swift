import Foundation
import Tensors

/// What a network refuses.
public enum NetworkError: Error, Equatable, Sendable {
    /// The network cannot be built as described.
    case invalidConfiguration(problem: String)
    /// The tensors given by name are not those of the network.
    case stateMismatch(missing: [String], unexpected: [String], misshaped: [Misshaped])
    /// A layer asks for a tensor that the network has not declared: a mistake in the network's code.
    case undeclared(name: String)
    /// The network was built without an auxiliary head.
    case noAuxiliaryHead
    /// The network was built without a rotation head.
    case noRotationHead

    /// A tensor whose shape or element type differs from what is needed.
    public struct Misshaped: Equatable, Sendable {
        /// The tensor's name.
        public let name: String
        /// What the network needs, in the file's layout.
        public let expected: Shape
        /// What was given.
        public let found: Shape
        /// What the elements given are; float32 is needed.
        public let foundElementType: ElementType
    }
}

extension NetworkError: LocalizedError, CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        switch self {
        case .invalidConfiguration(let problem):
            return problem
        case .stateMismatch(let missing, let unexpected, let misshaped):
            var parts: [String] = []
            if !missing.isEmpty { parts.append("missing: \(Self.list(missing))") }
            if !unexpected.isEmpty { parts.append("unexpected: \(Self.list(unexpected))") }
            if !misshaped.isEmpty {
                parts.append(
                    "of the wrong shape: "
                        + Self.list(
                            misshaped.map {
                                "\($0.name) (\($0.found) \($0.foundElementType.rawValue), needed \($0.expected))"
                            }))
            }
            return "the tensors are not those of this network (\(parts.joined(separator: "; "))); "
                + "choose the model that they were saved from"
        case .undeclared(let name):
            return "the network has no tensor named \(name)"
        case .noAuxiliaryHead:
            return "the network has no auxiliary head; build it with one"
        case .noRotationHead:
            return "the network has no rotation head; build it with one"
        }
    }

    /// The same line, for Foundation.
    public var errorDescription: String? { description }

    /// At most five names: a message is read by a person.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(5).joined(separator: ", ")
        return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
    }
}
