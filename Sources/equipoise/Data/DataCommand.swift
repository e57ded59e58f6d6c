import ArgumentParser

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Packs folders of images for training, and shows what is in data sets.",
        discussion: "Example: equipoise data import photos --size 32 --output photos.safetensors",
        subcommands: [DataImportCommand.self, DataDescribeCommand.self])
}
