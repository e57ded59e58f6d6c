import Foundation
import PackagePlugin

/// Embeds `Kernels/**/*.cl|.h` into OpenCLBackend and `Sources/Training/Recipes/**/*.yaml` into Training.
@main
struct EmbedTextPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        let package = context.package.directoryURL
        let (enumName, folder, extensions): (String, URL, Set<String>)
        switch target.name {
        case "OpenCLBackend":
            (enumName, folder, extensions) = ("EmbeddedKernels", package.appending(path: "Kernels"), ["cl", "h"])
        case "Training":
            let recipes = package.appending(path: "Sources/Training/Recipes")
            (enumName, folder, extensions) = ("EmbeddedRecipes", recipes, ["yaml"])
        default:
            Diagnostics.error("EmbedTextPlugin does not know what to embed into \(target.name)")
            return []
        }
        let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap {
            $0 as? URL
        }
        let files = (found ?? [])
            .filter { extensions.contains($0.pathExtension) }
            .sorted { $0.path < $1.path }
        let output = context.pluginWorkDirectoryURL.appending(path: "\(enumName).swift")
        return [
            .buildCommand(
                displayName: "Embedding \(files.count) files of \(folder.lastPathComponent)",
                executable: try context.tool(named: "embed-text").url,
                arguments: [enumName, folder.path(percentEncoded: false), output.path(percentEncoded: false)]
                    + files.map { $0.path(percentEncoded: false) },
                inputFiles: files,
                outputFiles: [output])
        ]
    }
}
