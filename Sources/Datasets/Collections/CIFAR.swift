import Foundation

/// CIFAR-10 and CIFAR-100: 50,000 training and 10,000 test images each, 32×32 in colour, classes of equal size.
///
/// Source: Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
enum CIFAR {
    static let classNames10 = [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    ]

    /// Reads `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`, or the pickled ones of these names without
    /// `.bin`.
    static func load10(from root: String) throws -> (train: ImageDataset, test: ImageDataset) {
        let source = Source(name: .cifar10, root: root, archive: "cifar-10", labelBytes: 1, labelKey: "labels")
        return (train: try source.read((1...5).map { "data_batch_\($0)" }), test: try source.read(["test_batch"]))
    }

    /// Reads `train.bin` and `test.bin`, or the pickled ones of these names without `.bin`. Of the two labels, the coarse and
    /// the fine, the fine one is the class.
    static func load100(from root: String) throws -> (train: ImageDataset, test: ImageDataset) {
        let source = Source(name: .cifar100, root: root, archive: "cifar-100", labelBytes: 2, labelKey: "fine_labels")
        return (train: try source.read(["train"]), test: try source.read(["test"]))
    }

    /// Where the files of one of the two sets lie, and what they look like.
    private struct Source {
        let name: DatasetName
        let root: String
        let archive: String
        let labelBytes: Int
        let labelKey: String

        func read(_ files: [String]) throws -> ImageDataset {
            let parts = try files.map(read)
            return try ImageDataset(
                name: name.rawValue, height: CIFARFile.side, width: CIFARFile.side, channels: CIFARFile.channels,
                pixels: Array(parts.map(\.pixels).joined()), labels: parts.flatMap(\.labels),
                classNames: name.classNames)
        }

        /// The binary file, unless only the pickled one is there.
        private func read(_ file: String) throws -> CIFARFile {
            let advice =
                "unpack https://www.cs.toronto.edu/~kriz/\(archive)-binary.tar.gz or \(archive)-python.tar.gz so that its "
                + "files are in \(root)"
            let pickle = URL(fileURLWithPath: root).appendingPathComponent(file).path
            let binary = pickle + ".bin"
            let manager = FileManager.default
            guard !manager.fileExists(atPath: binary), manager.fileExists(atPath: pickle) else {
                return try CIFARFile(path: binary, labelBytes: labelBytes, classes: name.classes, advice: advice)
            }
            return try CIFARFile(pickle: pickle, labels: labelKey, classes: name.classes, advice: advice)
        }
    }
}
