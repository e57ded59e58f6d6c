import Foundation

/// A data set in an archive of NumPy: images `[N, H, W]` or `[N, H, W, C]` in bytes and whole numbers as labels, under the
/// names that Keras' `mnist.npz` or the files of MedMNIST have.
struct NPZImages {
    /// How arrays are called.
    private static let layouts = [
        (train: (images: "x_train", labels: "y_train"), test: (images: "x_test", labels: "y_test")),
        (train: (images: "train_images", labels: "train_labels"), test: (images: "test_images", labels: "test_labels")),
    ]
    /// More images than can be held in memory.
    private static let imageLimit = 1 << 24
    private static let suffix = ".npy"
    /// More classes than any set of images has.
    private static let classLimit = 1 << 16
    private static let advice = "name a file that is there"

    /// What the images are like.
    let form: ImageForm
    private let archive: ZipArchive
    private let name: String
    private let train: Part
    private let test: Part
    private let warnings: [String]

    private struct Part {
        let imagesName: String
        let labels: [Int]
        /// `[H, W, C]`.
        let size: [Int]
    }

    /// Whether a file begins as ZIP archives do.
    static func isArchive(_ path: String) -> Bool {
        let start = try? RandomAccessFile(path: path, advice: advice).bytes(from: 0, upTo: 4)
        return start == Array("PK\u{3}\u{4}".utf8)
    }

    /// Reads the labels and the headers of the images.
    ///
    /// - Throws: `DatasetError.missing` or `.corrupt`.
    init(path: String) throws {
        archive = try ZipArchive(path: path, advice: Self.advice)
        let file = archive.file
        let found = Set(archive.entries.keys)
        guard let layout = Self.layouts.first(where: { found.contains($0.train.images + Self.suffix) }) else {
            throw file.corrupt(
                "has neither x_train, y_train, x_test, y_test nor train_images, train_labels, test_images, test_labels, "
                    + "only \(found.sorted().joined(separator: ", "))")
        }
        train = try Self.part(layout.train, in: archive)
        test = try Self.part(layout.test, in: archive)
        guard train.size == test.size else {
            throw file.corrupt("has training images of \(train.size) and test images of \(test.size)")
        }
        let classes = 1 + (train.labels + test.labels).reduce(0, max)
        form = ImageForm(
            height: train.size[0], width: train.size[1], channels: train.size[2],
            classNames: (0..<classes).map(String.init))
        name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        let used = [layout.train.images, layout.train.labels, layout.test.images, layout.test.labels]
        warnings = found.subtracting(used.map { $0 + Self.suffix }).sorted().map { "\($0) of \(path) is not used" }
    }

    /// Reads everything into memory.
    ///
    /// - Throws: `DatasetError.corrupt`.
    func load() throws -> ImageCollection {
        var histogram = PixelHistogram(channels: form.channels)
        let parts = try [train, test].enumerated().map { index, part in
            let pixels = try NPYArray(part.imagesName, in: archive).bytes()
            if index == 0 { histogram.add(pixels) }
            return try ImageDataset(name: name, form: form, pixels: Data(pixels), labels: part.labels, names: nil)
        }
        return ImageCollection(
            train: parts[0], test: parts[1], normalization: histogram.normalization, warnings: warnings)
    }

    private static func part(_ names: (images: String, labels: String), in archive: ZipArchive) throws -> Part {
        let images = try NPYArray(names.images, in: archive)
        let size = Array(images.shape.dropFirst()) + (images.shape.count == 3 ? [1] : [])
        guard size.count == 3, size[2] == 1 || size[2] == 3,
            size.allSatisfy({ (1...ImageImport.largestSide).contains($0) })
        else {
            throw archive.file.corrupt(
                "its \(names.images) are \(images.shape), expected [N, H, W] or [N, H, W, C] of up to "
                    + "\(ImageImport.largestSide) pixels with 1 or 3 channels")
        }
        let array = try NPYArray(names.labels, in: archive)
        guard array.shape == [images.shape[0]] || array.shape == [images.shape[0], 1] else {
            throw archive.file.corrupt(
                "its \(names.labels) are \(array.shape), expected a label for each of \(images.shape[0]) images")
        }
        guard (1...imageLimit).contains(images.shape[0]) else {
            throw archive.file.corrupt("its \(names.images) are \(images.shape[0]), expected 1 to \(imageLimit)")
        }
        let labels = try array.integers()
        if let index = labels.firstIndex(where: { !(0..<classLimit).contains($0) }) {
            throw archive.file.corrupt(
                "expected labels from 0 to \(classLimit - 1) in \(names.labels), found \(labels[index]) at image \(index)"
            )
        }
        return Part(imagesName: names.images, labels: labels, size: size)
    }
}
