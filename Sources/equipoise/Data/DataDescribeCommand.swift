import ArgumentParser
import Datasets

struct DataDescribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Counts the images of each class, after checking the file.",
        discussion: "Example: equipoise data describe photos.safetensors")

    @Argument(help: "An imported file, a folder of images, or a data set's name such as fashion-mnist.")
    var images: String

    @Option(help: "The folder of a named data set's files. [default: where they usually lie]")
    var root: String?

    @Flag(help: "Print the description as JSON.")
    var json = false

    func validate() throws {
        guard root == nil || DatasetName(rawValue: images) != nil else {
            throw ValidationError("--root goes with a data set's name; \(images) is the path of a set itself")
        }
    }

    func run() throws {
        let source = DatasetName(rawValue: images).map { ImageSource.named($0, root: root) } ?? .images(path: images)
        let description = DatasetDescription(try source.load(), path: images)
        if json {
            try print(jsonObject: description)
        } else {
            print(description)
        }
    }
}
