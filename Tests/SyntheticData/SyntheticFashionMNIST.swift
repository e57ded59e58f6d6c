import Foundation

/// Writes a tiny data set in the files of Fashion-MNIST: each class has stripes of its own direction and width, under
/// noise, so that shifts and mirroring change nothing. For tests that train.
public enum SyntheticFashionMNIST {
    /// Writes the four IDX files into `folder`, which is made.
    public static func write(to folder: String, trainPerClass: Int, testPerClass: Int) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (part, perClass) in [("train", trainPerClass), ("t10k", testPerClass)] {
            let labels = (0..<perClass * classes).map { UInt8($0 % classes) }
            var noise = part == "train" ? UInt32(1) : UInt32(2)
            let pixels = labels.flatMap { image(of: Int($0), noise: &noise) }
            try idx(dimensions: [labels.count, side, side], pixels).write(
                to: URL(fileURLWithPath: "\(folder)/\(part)-images-idx3-ubyte"))
            try idx(dimensions: [labels.count], labels).write(
                to: URL(fileURLWithPath: "\(folder)/\(part)-labels-idx1-ubyte"))
        }
    }

    private static let classes = 10
    private static let side = 28

    private static func image(of label: Int, noise: inout UInt32) -> [UInt8] {
        (0..<side * side).map { position in
            // A linear congruential generator is random enough for noise.
            noise = noise &* 1_664_525 &+ 1_013_904_223
            let across = label % 2 == 0 ? position / side : position % side
            let width = 1 + label / 2
            return UInt8(truncatingIfNeeded: (across / width % 2 == 0 ? 180 : 0) + Int(noise >> 26))
        }
    }

    /// An IDX file of bytes: two zeros, the type 8, the rank, the dimensions (big-endian), the bytes.
    private static func idx(dimensions: [Int], _ bytes: [UInt8]) -> Data {
        var data = Data([0, 0, 8, UInt8(dimensions.count)])
        for dimension in dimensions { withUnsafeBytes(of: UInt32(dimension).bigEndian) { data.append(contentsOf: $0) } }
        return data + bytes
    }
}
