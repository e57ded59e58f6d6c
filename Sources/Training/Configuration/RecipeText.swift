import Foundation
import TensorFiles
import Yams

/// One value of a recipe as it was written, before anybody knows what it should be.
struct RecipeValue: Equatable {
    /// The characters, without quotes.
    var text: String
    /// Whether it was in quotes, and so can only be text.
    var isQuoted: Bool
    /// Where it was written, for messages: `my.yaml:12` or `--set`.
    var origin: String
}

/// A recipe's text taken apart: values by their dotted keys (`training.steps`).
struct RecipeText {
    /// What the recipe is called in messages.
    let name: String
    /// Each value by its dotted key.
    private(set) var values: [String: RecipeValue] = [:]

    /// The largest text that is read, in bytes: far above any recipe, far below what would exhaust memory.
    static let largestText = 1 << 20

    /// The text of a recipe's file; nil if there is no such file.
    ///
    /// - Throws: `FileError.cannotRead`; `RecipeError.malformed` for a file that is too long, or not text.
    static func yaml(ofFile path: String) throws -> String? {
        guard let content = try Data(ifPresentAt: path, upTo: largestText + 1) else { return nil }
        try requireRecipeLength(content.count, name: path)
        guard let yaml = String(data: content, encoding: .utf8) else {
            throw RecipeError.malformed(origin: path, problem: "the file is not UTF-8 text")
        }
        return yaml
    }

    /// Takes a YAML text apart: a mapping of single values and of sections that are mappings of single values.
    ///
    /// - Throws: `RecipeError.malformed` with the line.
    init(yaml: String, name: String) throws {
        self.name = name
        try Self.requireRecipeLength(yaml.utf8.count, name: name)
        for (key, node) in try Self.mapping(Self.compose(yaml, name: name), name: name, what: "a recipe") {
            if case .mapping = node {
                for (innerKey, inner) in try Self.mapping(node, name: name, what: key) {
                    try insert(inner, key: "\(key).\(innerKey)")
                }
            } else {
                try insert(node, key: key)
            }
        }
    }

    /// YAML sees keys that are written twice alike; `training.steps` and the `steps` of `training` are the same key too.
    private mutating func insert(_ node: Node, key: String) throws {
        let value = try Self.value(node, key: key, name: name)
        guard values.updateValue(value, forKey: key) == nil else {
            throw RecipeError.malformed(origin: value.origin, problem: "written twice: \(key)")
        }
    }

    /// Puts a `key=value` from the command line in place of what the text says.
    ///
    /// - Throws: `RecipeError.malformedOverride`.
    mutating func apply(override: String) throws {
        guard let equals = override.firstIndex(of: "="), equals != override.startIndex else {
            throw RecipeError.malformedOverride(override)
        }
        values[String(override[..<equals])] = RecipeValue(
            text: String(override[override.index(after: equals)...]), isQuoted: false, origin: "--set")
    }

    private static func requireRecipeLength(_ bytes: Int, name: String) throws {
        guard bytes <= largestText else {
            throw RecipeError.malformed(
                origin: name, problem: "more than \(largestText) bytes are too many for a recipe")
        }
    }

    private static func compose(_ yaml: String, name: String) throws -> Node {
        do {
            guard let node = try Yams.compose(yaml: yaml) else {
                throw RecipeError.malformed(origin: name, problem: "the recipe is empty")
            }
            return node
        } catch let error as YamlError {
            throw malformed(error, name: name)
        }
    }

    /// Yams's message runs over several lines and quotes the text; one line is wanted.
    private static func malformed(_ error: YamlError, name: String) -> RecipeError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            .malformed(origin: "\(name):\(mark.line)", problem: "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            .malformed(
                origin: "\(name):\(context.mark.line)",
                problem: "written twice: \(duplicates.compactMap { String(describing: $0) }.joined(separator: ", "))")
        default:
            .malformed(origin: name, problem: "not YAML that can be read")
        }
    }

    private static func mapping(_ node: Node, name: String, what: String) throws -> [(key: String, node: Node)] {
        let origin = origin(of: node, name: name)
        guard case .mapping(let mapping) = node else {
            throw RecipeError.malformed(origin: origin, problem: "\(what) is written as lines of \"key: value\"")
        }
        return try mapping.map { key, value in
            guard case .scalar(let scalar) = key else {
                throw RecipeError.malformed(origin: origin, problem: "a key of \(what) is not a word")
            }
            return (scalar.string, value)
        }
    }

    private static func value(_ node: Node, key: String, name: String) throws -> RecipeValue {
        let origin = origin(of: node, name: name)
        guard case .scalar(let scalar) = node else {
            throw RecipeError.malformed(origin: origin, problem: "\(key) is not a single value")
        }
        return RecipeValue(
            text: scalar.string, isQuoted: scalar.style != .plain && scalar.style != .any, origin: origin)
    }

    private static func origin(of node: Node, name: String) -> String {
        node.mark.map { "\(name):\($0.line)" } ?? name
    }
}
