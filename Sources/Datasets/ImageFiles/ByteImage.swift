/// One image of bytes, `[H, W, C]`, on its way through augmentation.
public struct ByteImage: Hashable, Sendable {
    /// Rows of pixels.
    public let height: Int
    /// Columns of pixels.
    public let width: Int
    /// 1 for grey, 3 for red, green, blue.
    public let channels: Int
    /// Row after row, the channels of a pixel side by side: `height · width · channels` bytes.
    public internal(set) var pixels: [UInt8]

    /// - Throws: `DatasetError.invalid` if the number of bytes does not fit the size.
    public init(height: Int, width: Int, channels: Int, pixels: [UInt8]) throws {
        guard height > 0, width > 0, channels == 1 || channels == 3, pixels.count == height * width * channels else {
            throw DatasetError.invalid("\(pixels.count) bytes are not an image of \(height)×\(width)×\(channels)")
        }
        self.init(sameSizeAs: (height, width, channels), pixels: pixels)
    }

    /// An image whose size is known to be right.
    init(sameSizeAs size: (height: Int, width: Int, channels: Int), pixels: [UInt8]) {
        (height, width, channels) = size
        self.pixels = pixels
    }
}

extension ImageDataset {
    /// The image at `index`, a number in `0..<count`.
    public func image(at index: Int) -> ByteImage {
        let start = index * imageByteCount
        return ByteImage(
            sameSizeAs: (height, width, channels),
            pixels: pixels.withUnsafeBytes { Array($0[start..<start + imageByteCount]) })
    }
}
