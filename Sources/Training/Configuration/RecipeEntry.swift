import Foundation

/// One setting of a recipe with its value resolved: defaults filled in, numbers in their one spelling.
public struct RecipeEntry: Hashable, Sendable {
    /// The dotted key: `training.steps`.
    public let key: String
    /// The value as YAML.
    public let value: String
    /// Whether it takes part in what is computed. Where the data lie, and a description, do not.
    public let isEssential: Bool
}

extension [RecipeEntry] {
    /// The recipe in its one canonical form: every setting, sorted, sections as YAML mappings. Reading it gives the
    /// same settings again.
    func canonicalYAML() -> String {
        var lines: [String] = []
        var section = ""
        // Settings without section come first, so that none is taken for part of the section before it.
        let sorted = sorted { ($0.key.contains(".") ? 1 : 0, $0.key) < ($1.key.contains(".") ? 1 : 0, $1.key) }
        for entry in sorted {
            guard let dot = entry.key.firstIndex(of: ".") else {
                lines.append("\(entry.key): \(entry.value)")
                continue
            }
            if entry.key[..<dot] != section {
                section = String(entry.key[..<dot])
                lines.append("\(section):")
            }
            lines.append("  \(entry.key[entry.key.index(after: dot)...]): \(entry.value)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The essential keys whose values differ between two recipes, sorted, each with both values.
    public func differences(from other: [RecipeEntry]) -> [(key: String, value: String?, otherValue: String?)] {
        let values = essentialValues
        let otherValues = other.essentialValues
        return Set(values.keys).union(otherValues.keys).sorted()
            .filter { values[$0] != otherValues[$0] }
            .map { ($0, values[$0], otherValues[$0]) }
    }

    private var essentialValues: [String: String] {
        Dictionary(filter(\.isEssential).map { ($0.key, $0.value) }) { first, _ in first }
    }
}

extension String {
    /// This text as a YAML value: bare where it is a plain word, else in double quotes (which JSON and YAML share).
    var asYAML: String {
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_.-")
        let words: Set = ["true", "false", "null", "yes", "no", "on", "off"]
        let first = unicodeScalars.first
        if let first, CharacterSet.letters.contains(first) || first == "/",
            unicodeScalars.allSatisfy(plain.contains), !words.contains(lowercased())
        {
            return self
        }
        let quoted = try? JSONEncoder.sortedLines.encode(self)
        return quoted.map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
