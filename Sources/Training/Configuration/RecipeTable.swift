import Yams

/// The recipes of a paper's table: every setting of the data with every method, `cifar10-lt/n500-g100/daso`, put together
/// from what all share, what a setting adds and what a method adds.
struct RecipeTable: Decodable {
    /// What the table is of, for lists.
    let title: String
    /// Where its numbers come from, and what they are.
    let source: String
    /// Values that all its recipes share, by dotted key.
    let common: [String: String]
    /// By setting: its values. Those of `method.*` count only for methods that have the key.
    let settings: [String: [String: String]]
    /// By method: its values.
    let methods: [String: [String: String]]
    /// By method and setting: the number that the source has.
    let published: [String: [String: String]]

    /// - Throws: `RecipeError.malformed`.
    init(yaml: String, name: String) throws {
        do {
            self = try YAMLDecoder().decode(Self.self, from: yaml)
        } catch {
            throw RecipeError.malformed(origin: name, problem: "not a table of recipes")
        }
    }

    /// `SETTING/METHOD`, sorted.
    var cells: [String] {
        settings.keys.flatMap { setting in methods.keys.map { "\(setting)/\($0)" } }.sorted()
    }

    /// The text of a cell's recipe; nil if the table has none of that name.
    func yaml(of cell: String) -> String? {
        let parts = cell.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let setting = settings[parts[0]], let method = methods[parts[1]] else { return nil }
        let values =
            common
            .merging(method) { _, new in new }
            .merging(setting.filter { !$0.key.hasPrefix("method.") || method[$0.key] != nil }) { _, new in new }
            .merging(["description": "\(parts[1]) on \(title), \(parts[0])".asYAML]) { _, new in new }
        let number = published[parts[1]]?[parts[0]].map { "Published: \($0)" } ?? "Published: no number"
        let entries = values.map { RecipeEntry(key: $0.key, value: $0.value, isEssential: true) }
        return "# \(number)\n# (\(source)).\n" + entries.canonicalYAML()
    }
}
