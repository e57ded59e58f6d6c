import Foundation

/// Images as bytes, in the host's memory or mapped from a file, and their labels as far as they are known.
public struct ImageDataset: Sendable {
    /// Stands for the class of an image that nobody has labelled. It is no index: whoever looks a class up asks first.
    public static let unknownLabel = -1

    /// What the data set is called: `fashion-mnist`.
    public let name: String
    /// Rows of pixels in an image.
    public let height: Int
    /// Columns of pixels in an image.
    public let width: Int
    /// 1 for grey, 3 for red, green, blue.
    public let channels: Int
    /// All images one after another, each `[H, W, C]`.
    public let pixels: Data
    /// The class of each image, `0..<classNames.count`; or ``unknownLabel``.
    public let labels: [Int]
    /// A name for each class.
    public let classNames: [String]
    /// What each image is called; nil where images have no names of their own.
    public let names: ImageNames?

    /// The number of images.
    public var count: Int { labels.count }

    /// The number of images of each class, of those whose class is known.
    public var classCounts: [Int] {
        labels.reduce(into: Array(repeating: 0, count: classNames.count)) { counts, label in
            if label != Self.unknownLabel { counts[label] += 1 }
        }
    }

    /// Bytes of one image.
    public var imageByteCount: Int { height * width * channels }

    /// - Throws: `DatasetError.invalid` if pixels and labels do not fit each other or a label has no name.
    public init(
        name: String, height: Int, width: Int, channels: Int, pixels: [UInt8], labels: [Int], classNames: [String]
    ) throws {
        try self.init(
            name: name,
            form: ImageForm(height: height, width: width, channels: channels, classNames: classNames),
            pixels: Data(pixels), labels: labels, names: nil)
    }

    /// - Throws: `DatasetError.invalid` if pixels and labels do not fit each other or a label has no name.
    init(name: String, form: ImageForm, pixels: Data, labels: [Int], names: ImageNames?) throws {
        guard pixels.count == labels.count * form.imageByteCount else {
            throw DatasetError.invalid(
                "\(name): \(pixels.count) bytes of pixels are not \(labels.count) images of "
                    + "\(form.height)×\(form.width)×\(form.channels)")
        }
        if let stray = labels.first(where: { $0 != Self.unknownLabel && !form.classNames.indices.contains($0) }) {
            throw DatasetError.invalid("\(name): label \(stray) is not one of the \(form.classNames.count) classes")
        }
        self.name = name
        height = form.height
        width = form.width
        channels = form.channels
        self.pixels = pixels
        self.labels = labels
        classNames = form.classNames
        self.names = names
    }
}
