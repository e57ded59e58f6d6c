import Foundation

/// What can be wrong with a recipe. Each message names the key and where it was written, in one line.
public enum RecipeError: Error, Equatable, Sendable {
    /// There is neither an embedded recipe nor a file of this name.
    case notFound(name: String, nearest: String?)
    /// The text is not YAML, or not a recipe's two levels of keys.
    case malformed(origin: String, problem: String)
    /// A key that no setting has.
    case unknownKey(key: String, origin: String, nearest: String?)
    /// A setting without default is not there.
    case missingKey(key: String, recipe: String)
    /// A value of the wrong type, or one that cannot be.
    case invalidValue(key: String, origin: String, problem: String)
    /// A key=value on the command line that is no such pair.
    case malformedOverride(String)
}

extension RecipeError: LocalizedError, CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        switch self {
        case .notFound(let name, let nearest):
            "there is no recipe or file \"\(name)\"" + Self.suggestion(nearest)
                + (nearest == nil ? "; `equipoise recipes` lists them" : " (`equipoise recipes` lists them)")
        case .malformed(let origin, let problem):
            "\(origin): \(problem)"
        case .unknownKey(let key, let origin, let nearest):
            "\(origin): unknown key \"\(key)\"" + Self.suggestion(nearest)
        case .missingKey(let key, let recipe):
            "\(recipe): the key \"\(key)\" is missing"
        case .invalidValue(let key, let origin, let problem):
            "\(origin): \(key) \(problem)"
        case .malformedOverride(let text):
            "--set takes key=value, such as training.steps=100, not \"\(text)\""
        }
    }

    /// The same line, for Foundation.
    public var errorDescription: String? { description }

    private static func suggestion(_ nearest: String?) -> String {
        nearest.map { "; did you mean \"\($0)\"?" } ?? ""
    }
}
