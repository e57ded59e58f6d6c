import Foundation

/// The recipes that the binary carries, and those in files. A new one is one file in `Recipes/`, or a line in one of
/// `Recipes/Tables/`.
public enum RecipeLibrary {
    /// The names of the embedded recipes, sorted: `fashion-mnist-lt/daso`, and of the cells of tables,
    /// `cifar10-lt/n500-g100/daso`.
    public static var names: [String] {
        (fileNames + tables.flatMap { name, table in table.cells.map { "\(name)/\($0)" } }).sorted()
    }

    /// The names of those that are a file of their own.
    private static var fileNames: [String] {
        EmbeddedRecipes.files.filter { !$0.path.hasPrefix(tableFolder) }
            .map { String($0.path.dropLast(fileExtension.count)) }
    }

    /// The tables that the binary carries, by name. A test reads them all, so none is malformed.
    private static let tables: [(name: String, table: RecipeTable)] = EmbeddedRecipes.files.compactMap { file in
        guard file.path.hasPrefix(tableFolder) else { return nil }
        let name = String(file.path.dropFirst(tableFolder.count).dropLast(fileExtension.count))
        return (try? RecipeTable(yaml: "\(file.text)", name: name)).map { (name, $0) }
    }

    /// The recipe that `equipoise train` takes where none is named.
    public static let defaultName = "fashion-mnist-lt/daso+la"

    /// The text of the recipe of that name, or else of the file at that path, and what to call it.
    ///
    /// - Throws: `RecipeError.notFound`, or `.malformed` for a file that is not text; `FileError.cannotRead`.
    public static func text(of nameOrPath: String) throws -> (yaml: String, name: String) {
        if let file = EmbeddedRecipes.files.first(where: { $0.path == nameOrPath + fileExtension }) {
            return ("\(file.text)", nameOrPath)
        }
        for (name, table) in tables where nameOrPath.hasPrefix("\(name)/") {
            if let yaml = table.yaml(of: String(nameOrPath.dropFirst(name.count + 1))) { return (yaml, nameOrPath) }
        }
        guard let yaml = try RecipeText.yaml(ofFile: nameOrPath) else {
            throw RecipeError.notFound(name: nameOrPath, nearest: NearestName.to(nameOrPath, among: names))
        }
        let file = URL(fileURLWithPath: nameOrPath)
        return (yaml, file.deletingPathExtension().lastPathComponent)
    }

    /// The recipe of that name, or else in the file at that path, with `key=value` overrides.
    ///
    /// - Throws: `RecipeError`.
    public static func recipe(_ nameOrPath: String, overrides: [String] = []) throws -> Recipe {
        let (yaml, name) = try text(of: nameOrPath)
        return try Recipe(yaml: yaml, name: name, overrides: overrides)
    }

    /// The embedded recipes that a run of this one is to be compared with: they have recorded results, differ in the method
    /// alone, and rebalance nothing; of other bases than its own, labelled images alone.
    public static func recordedBaselines(of recipe: Recipe) throws -> [Recipe] {
        let bases = ["supervised", type(of: recipe.method.composition.base).name]
        return try fileNames.map { try self.recipe($0) }.filter { other in
            let keys = Set(other.entries.differences(from: recipe.entries).map(\.key)).subtracting(["seed"])
            return other.recordedRecalls != nil && !keys.isDisjoint(with: MethodSettings.namingKeys)
                && keys.allSatisfy { $0.hasPrefix("method.") } && other.method.composition.isPlain
                && bases.contains(type(of: other.method.composition.base).name)
        }
    }

    private static let fileExtension = ".yaml"
    private static let tableFolder = "Tables/"
}
