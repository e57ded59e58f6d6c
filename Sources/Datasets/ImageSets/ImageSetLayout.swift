import Foundation
import TensorFiles
import Tensors

/// Where everything lies in the file that an import writes: the header, the images to test with and to train on, their
/// labels, their names.
struct ImageSetLayout {
    /// Bytes of an image.
    let imageLength: Int
    /// Where the first image begins: the images come first, so that they begin where the header ends.
    let imagesStart: Int
    /// Where the last image ends.
    let imagesEnd: Int
    /// What follows.
    let rest: [Data]
    /// Eight characters that stand for the files of all images and for what becomes of them.
    let fingerprint: String

    private let tensors: [(name: String, elementType: ElementType, shape: Shape)]
    private let metadata: [String: String]

    /// Bytes of the file.
    var length: Int { rest.reduce(imagesEnd) { $0 + $1.count } }

    /// Lays out what will be imported.
    init(_ images: ImageImport) throws {
        let form = images.form
        let parts = [("test", images.test), ("train", images.train)].map { part, items in
            (name: part, items: items, names: ImageNames(items.map(\.path)))
        }
        tensors =
            try parts.map {
                ("\($0.name).images", .uint8, try Shape([$0.items.count, form.height, form.width, form.channels]))
            }
            + parts.map { ("\($0.name).labels", .int32, try Shape([$0.items.count])) }
            + parts.map { ("\($0.name).names", .uint8, try Shape([$0.names.text.count])) }
        metadata = [
            ImageSetFile.Key.format: ImageSetFile.format, ImageSetFile.Key.name: images.name,
            ImageSetFile.Key.classes: String(decoding: try JSONEncoder().encode(form.classNames), as: UTF8.self),
        ]
        rest =
            parts.map { $0.items.map { Int32(truncatingIfNeeded: $0.label).littleEndian }.withUnsafeBytes { Data($0) } }
            + parts.map(\.names.text)
        let nothing = PixelHistogram(channels: form.channels).normalization
        let header = try Self.header(tensors, metadata, nothing, checksum: ImageSetFile.noChecksum)
        imageLength = form.imageByteCount
        imagesStart = header.count
        imagesEnd = imagesStart + (images.test.count + images.train.count) * imageLength
        var checksum = Checksum()
        for part in [header] + rest { part.withUnsafeBytes { checksum.add($0) } }
        images.checksums.withUnsafeBytes { checksum.add($0) }
        Array(images.fit.rawValue.utf8).withUnsafeBytes { checksum.add($0) }
        fingerprint = checksum.digits
    }

    /// The header, of the same length whatever is measured.
    func header(_ normalization: ImageNormalization, checksum: String) throws -> Data {
        try Self.header(tensors, metadata, normalization, checksum: checksum)
    }

    private static func header(
        _ tensors: [(name: String, elementType: ElementType, shape: Shape)], _ metadata: [String: String],
        _ normalization: ImageNormalization, checksum: String
    ) throws -> Data {
        try SafetensorsHeader.encoded(
            tensors,
            metadata: metadata.merging(
                [
                    ImageSetFile.Key.mean: fixedWidth(normalization.mean),
                    ImageSetFile.Key.standardDeviation: fixedWidth(normalization.standardDeviation),
                    ImageSetFile.Key.checksum: checksum,
                ], uniquingKeysWith: { $1 }))
    }

    /// As JSON, always of the same length: mean and standard deviation are from 0 to 1.
    private static func fixedWidth(_ values: [Float]) -> String {
        "[" + values.map { String(format: "%.6f", Double($0)) }.joined(separator: ",") + "]"
    }
}
