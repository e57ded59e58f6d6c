import ArgumentParser
import Training

struct RecipesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recipes",
        abstract: "Lists the recipes that the program carries, or shows one.",
        discussion: """
            A recipe that is shown can be changed, saved and trained from its file.

            Example: equipoise recipes show fashion-mnist-lt/daso > mine.yaml
            """,
        subcommands: [List.self, Show.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the recipes.", discussion: "Example: equipoise recipes list --json")

        @Flag(help: "Print the list as JSON.")
        var json = false

        func run() throws {
            let recipes = try RecipeLibrary.names.map { try RecipeLibrary.recipe($0) }
            guard !json else {
                return try print(jsonObject: recipes.map { ["name": $0.name, "description": $0.summary] })
            }
            let width = recipes.map(\.name.count).max() ?? 0
            for recipe in recipes {
                let padding = String(repeating: " ", count: width - recipe.name.count)
                print("\(recipe.name)\(padding)  \(recipe.summary)")
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints a recipe's text.",
            discussion: "Example: equipoise recipes show cifar10-lt/n1500-g100/daso")

        @Argument(help: "A recipe's name or file.")
        var recipe: String

        func run() throws {
            print(try RecipeLibrary.text(of: recipe).yaml, terminator: "")
        }
    }
}
