import Foundation
import TensorFiles

/// A picture of what is in a data set: a row for each class with its first images, and one for those without label.
public struct ContactSheet {
    /// Images in a row, unless that makes the picture too large.
    private static let columns = 16
    /// Pixels between images.
    private static let gap = 2
    /// Pixels of the picture, at most.
    private static let largestPixelCount = 1 << 25
    private static let background: UInt8 = 255

    let picture: ByteImage

    /// - Throws: `DatasetError.invalid` if there are too many classes for a picture.
    public init(of dataset: ImageDataset) throws {
        let unknown = ImageDataset.unknownLabel
        let labels = Array(dataset.classNames.indices) + (dataset.labels.contains(unknown) ? [unknown] : [])
        let (cellHeight, cellWidth) = (dataset.height + Self.gap, dataset.width + Self.gap)
        let height = labels.count * cellHeight + Self.gap
        let columns = min(Self.columns, (Self.largestPixelCount / height - Self.gap) / cellWidth)
        guard columns > 0 else {
            throw DatasetError.invalid(
                "\(dataset.name) has \(labels.count) classes of \(dataset.height)×\(dataset.width) pixels, too many for "
                    + "one picture")
        }
        var members: [Int: [Int]] = [:]
        for (index, label) in dataset.labels.enumerated() where members[label, default: []].count < columns {
            members[label, default: []].append(index)
        }
        let width = columns * cellWidth + Self.gap
        let channels = dataset.channels
        var pixels = [UInt8](repeating: Self.background, count: height * width * channels)
        for (row, label) in labels.enumerated() {
            for (column, index) in members[label, default: []].enumerated() {
                let image = dataset.image(at: index).pixels
                let left = Self.gap + column * cellWidth
                for line in 0..<dataset.height {
                    let start = ((Self.gap + row * cellHeight + line) * width + left) * channels
                    let length = dataset.width * channels
                    pixels.replaceSubrange(
                        start..<start + length, with: image[line * length..<(line + 1) * length])
                }
            }
        }
        picture = ByteImage(sameSizeAs: (height, width, channels), pixels: pixels)
    }

    /// Writes the picture as a PNG file.
    ///
    /// - Throws: `FileError.cannotWrite`.
    public func write(to path: String) throws {
        try AtomicFile.write(try PNGEncoder.encoded(picture), to: path)
    }
}
