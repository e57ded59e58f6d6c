import ArgumentParser
import Datasets

struct DataDescribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Counts the images of each class, after checking the file.",
        discussion: "Example: equipoise data describe photos.safetensors --contact-sheet photos.png")

    @Argument(help: "An imported file, an archive of NumPy, a folder of images, or a data set's name such as cifar10.")
    var images: String

    @Option(help: "The folder of a named data set's files. [default: where they usually lie]")
    var root: String?

    @Option(help: "Write a PNG with a row for each class and its first training images.")
    var contactSheet: String?

    @Flag(help: "Print the description as JSON.")
    var json = false

    func validate() throws {
        guard root == nil || DatasetName(rawValue: images) != nil else {
            throw ValidationError("--root goes with a data set's name; \(images) is the path of a set itself")
        }
    }

    func run() throws {
        let source = DatasetName(rawValue: images).map { ImageSource.named($0, root: root) } ?? .images(path: images)
        let collection = try source.load()
        let description = DatasetDescription(collection, path: images)
        if let contactSheet { try ContactSheet(of: collection.train).write(to: contactSheet) }
        if json {
            try print(jsonObject: description)
        } else {
            print(description)
        }
    }
}
