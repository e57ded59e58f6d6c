/// Labelled images in the host's memory, as bytes.
public struct ImageDataset: Sendable {
    /// What the data set is called: `fashion-mnist`.
    public let name: String
    /// Rows of pixels in an image.
    public let height: Int
    /// Columns of pixels in an image.
    public let width: Int
    /// 1 for grey, 3 for red, green, blue.
    public let channels: Int
    /// All images one after another, each `[H, W, C]`.
    public let pixels: [UInt8]
    /// The class of each image, `0..<classNames.count`.
    public let labels: [Int]
    /// A name for each class.
    public let classNames: [String]

    /// The number of images.
    public var count: Int { labels.count }

    /// Bytes of one image.
    public var imageByteCount: Int { height * width * channels }

    /// - Throws: `DatasetError.invalid` if pixels and labels do not fit each other or a label has no name.
    public init(
        name: String, height: Int, width: Int, channels: Int, pixels: [UInt8], labels: [Int], classNames: [String]
    ) throws {
        guard pixels.count == labels.count * height * width * channels else {
            throw DatasetError.invalid(
                "\(name): \(pixels.count) bytes of pixels are not \(labels.count) images of \(height)×\(width)×\(channels)"
            )
        }
        if let stray = labels.first(where: { !classNames.indices.contains($0) }) {
            throw DatasetError.invalid("\(name): label \(stray) is not one of the \(classNames.count) classes")
        }
        self.name = name
        self.height = height
        self.width = width
        self.channels = channels
        self.pixels = pixels
        self.labels = labels
        self.classNames = classNames
    }
}
