import Foundation

/// CIFAR-10 and CIFAR-100: 50,000 training and 10,000 test images each, 32×32 in colour, classes of equal size.
///
/// Source: Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
enum CIFAR {
    static let classNames10 = [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    ]

    /// Reads `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`.
    static func load10(from root: String) throws -> (train: ImageDataset, test: ImageDataset) {
        let source = Source(name: .cifar10, root: root, archive: "cifar-10-binary.tar.gz", labelBytes: 1)
        return (
            train: try source.read((1...5).map { "data_batch_\($0).bin" }), test: try source.read(["test_batch.bin"])
        )
    }

    /// Reads `train.bin` and `test.bin`. Of the two labels, the coarse and the fine, the fine one is the class.
    static func load100(from root: String) throws -> (train: ImageDataset, test: ImageDataset) {
        let source = Source(name: .cifar100, root: root, archive: "cifar-100-binary.tar.gz", labelBytes: 2)
        return (train: try source.read(["train.bin"]), test: try source.read(["test.bin"]))
    }

    /// Where the files of one of the two sets lie, and what their records look like.
    private struct Source {
        let name: DatasetName
        let root: String
        let archive: String
        let labelBytes: Int

        func read(_ files: [String]) throws -> ImageDataset {
            let advice = "unpack https://www.cs.toronto.edu/~kriz/\(archive) so that its .bin files are in \(root)"
            let parts = try files.map { file in
                try CIFARFile(
                    path: URL(fileURLWithPath: root).appendingPathComponent(file).path, labelBytes: labelBytes,
                    classes: name.classes, advice: advice)
            }
            return try ImageDataset(
                name: name.rawValue, height: CIFARFile.side, width: CIFARFile.side, channels: CIFARFile.channels,
                pixels: Array(parts.map(\.pixels).joined()), labels: parts.flatMap(\.labels),
                classNames: name.classNames)
        }
    }
}
