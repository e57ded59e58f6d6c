import Foundation
import PackagePlugin

/// Embeds text files: `Kernels/**/*.cl|.h` and `Tuning/Defaults/*.json` into OpenCLBackend, `Recipes/**/*.yaml` into
/// Training.
@main
struct EmbedTextPlugin: BuildToolPlugin {
    /// What becomes one enumeration.
    private struct Texts {
        let enumName: String
        let folder: URL
        let extensions: Set<String>
    }

    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        let package = context.package.directoryURL
        switch target.name {
        case "OpenCLBackend":
            let defaults = package.appending(path: "Sources/OpenCLBackend/Tuning/Defaults")
            return [
                try command(
                    Texts(
                        enumName: "EmbeddedKernels", folder: package.appending(path: "Kernels"),
                        extensions: ["cl", "h"]),
                    context),
                try command(
                    Texts(enumName: "EmbeddedTunings", folder: defaults, extensions: ["json"]), context),
            ]
        case "Training":
            let recipes = package.appending(path: "Sources/Training/Recipes")
            return [
                try command(Texts(enumName: "EmbeddedRecipes", folder: recipes, extensions: ["yaml"]), context)
            ]
        default:
            Diagnostics.error("EmbedTextPlugin does not know what to embed into \(target.name)")
            return []
        }
    }

    private func command(_ texts: Texts, _ context: PluginContext) throws -> Command {
        let found = FileManager.default.enumerator(at: texts.folder, includingPropertiesForKeys: nil)?.compactMap {
            $0 as? URL
        }
        let files = (found ?? [])
            .filter { texts.extensions.contains($0.pathExtension) }
            .sorted { $0.path < $1.path }
        let output = context.pluginWorkDirectoryURL.appending(path: "\(texts.enumName).swift")
        return .buildCommand(
            displayName: "Embedding \(files.count) files of \(texts.folder.lastPathComponent)",
            executable: try context.tool(named: "embed-text").url,
            arguments: [texts.enumName, texts.folder.path(percentEncoded: false), output.path(percentEncoded: false)]
                + files.map { $0.path(percentEncoded: false) },
            inputFiles: files,
            outputFiles: [output])
    }
}
