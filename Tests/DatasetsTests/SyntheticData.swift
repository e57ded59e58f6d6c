import Datasets
import Tensors

extension ImageDataset {
    /// Images of random bytes; image i is of class i mod `classes`.
    static func random(
        count: Int, height: Int = 4, width: Int = 4, channels: Int = 1, classes: Int = 10
    ) throws -> ImageDataset {
        try ImageDataset(
            name: "random", height: height, width: width, channels: channels,
            pixels: randomBytes(count * height * width * channels), labels: (0..<count).map { $0 % classes },
            classNames: (0..<classes).map { "class-\($0)" })
    }
}

extension ByteImage {
    /// Every byte is random.
    static func random(height: Int, width: Int, channels: Int, sample: UInt32 = 0) throws -> ByteImage {
        try ByteImage(
            height: height, width: width, channels: channels,
            pixels: randomBytes(height * width * channels, sample: sample))
    }
}

/// The same bytes each time.
func randomBytes(_ count: Int, sample: UInt32 = 0) -> [UInt8] {
    var generator = PhiloxGenerator(RandomStream(seed: 42, purpose: .testing, sample: sample))
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.nextWord()) }
}
