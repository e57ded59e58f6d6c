import Foundation

/// Fashion-MNIST: 60,000 training and 10,000 test images of clothes, 28×28 grey, 10 classes of equal size.
///
/// Source: Xiao, Rasul, Vollgraf, arXiv 1708.07747.
enum FashionMNIST {
    static let side = 28

    static let classNames = [
        "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
    ]

    /// Reads the four IDX files under the names that Debian and the authors give them, with or without `.gz`.
    static func load(from root: String) throws -> (train: ImageDataset, test: ImageDataset) {
        (train: try load("train", from: root), test: try load("t10k", from: root))
    }

    private static func load(_ part: String, from root: String) throws -> ImageDataset {
        let imagesPath = path(of: "\(part)-images-idx3-ubyte", in: root)
        let labelsPath = path(of: "\(part)-labels-idx1-ubyte", in: root)
        let advice =
            "install it (apt install dataset-fashion-mnist) or put the four files of "
            + "https://github.com/zalandoresearch/fashion-mnist into \(root)"
        let images = try IDXFile(path: imagesPath, rank: 3, advice: advice)
        let labels = try IDXFile(path: labelsPath, rank: 1, advice: advice)

        guard images.dimensions[1...] == [side, side] else {
            let found = images.dimensions[1...].map(String.init).joined(separator: "×")
            throw DatasetError.corrupt(path: imagesPath, problem: "expected images of \(side)×\(side), found \(found)")
        }
        guard images.dimensions[0] > 0 else {
            throw DatasetError.corrupt(path: imagesPath, problem: "expected images, found none")
        }
        guard labels.bytes.count == images.dimensions[0] else {
            throw DatasetError.corrupt(
                path: labelsPath,
                problem: "expected \(images.dimensions[0]) labels, one for each image, found \(labels.bytes.count)")
        }
        if let index = labels.bytes.firstIndex(where: { $0 >= classNames.count }) {
            throw DatasetError.corrupt(
                path: labelsPath,
                problem:
                    "expected labels from 0 to \(classNames.count - 1), found \(labels.bytes[index]) at image \(index)")
        }
        return try ImageDataset(
            name: DatasetName.fashionMNIST.rawValue, height: side, width: side, channels: 1, pixels: images.bytes,
            labels: labels.bytes.map(Int.init), classNames: classNames)
    }

    /// The packed file, unless only the unpacked one is there.
    private static func path(of name: String, in root: String) -> String {
        let plain = URL(fileURLWithPath: root).appendingPathComponent(name).path
        let packed = plain + ".gz"
        return !FileManager.default.fileExists(atPath: packed) && FileManager.default.fileExists(atPath: plain)
            ? plain : packed
    }
}
