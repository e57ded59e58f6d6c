import CZlib
import Foundation
import TensorFiles
import Tensors

/// A file that `equipoise data import` wrote: all images of a data set, decoded, in the safetensors format. It is mapped into
/// memory, so that a run reads what it needs and several runs share it.
///
/// Tensors: `train.images` `[N, H, W, C]` in bytes, `train.labels` `[N]`, `train.names` (text, a line for each image), and the
/// same of `test`; the label -1 stands for none. Metadata: `format`, `name`, `classes` (JSON), `mean` and
/// `standard_deviation` (JSON, parts of 255), and `crc32`: the CRC-32 of the whole file in which these eight digits read
/// 00000000.
public struct ImageSetFile: Sendable {
    enum Key {
        static let format = "format"
        static let name = "name"
        static let classes = "classes"
        static let mean = "mean"
        static let standardDeviation = "standard_deviation"
        static let checksum = "crc32"
    }

    static let format = "equipoise images 1"
    static let noChecksum = "00000000"

    /// What all images have in common.
    public let form: ImageForm
    /// Where the file lies.
    public let path: String
    private let name: String
    private let normalization: ImageNormalization
    private let data: Data
    private let header: SafetensorsHeader

    /// Maps a file and reads what is in its header.
    ///
    /// - Throws: `DatasetError.missing`, or `.corrupt` for a file of something else.
    public init(path: String) throws {
        func corrupt(_ problem: String) -> DatasetError { .corrupt(path: path, problem: problem) }
        guard FileManager.default.fileExists(atPath: path) else {
            throw DatasetError.missing(
                path: path, advice: "`equipoise data import FOLDER --output \(path)` makes it from a folder of images")
        }
        self.path = path
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
            header = try SafetensorsHeader(data, path: path)
        } catch FileError.corrupt(_, let problem) {
            throw corrupt("is not a file that `equipoise data import` writes: \(problem)")
        } catch {
            throw corrupt("cannot be read: \(error.localizedDescription)")
        }
        let metadata = header.metadata
        guard metadata[Key.format] == Self.format, let name = metadata[Key.name] else {
            throw corrupt("is a safetensors file, but not one that `equipoise data import` writes")
        }
        func decoded<Value: Decodable>(_ key: String) throws -> Value {
            guard let text = metadata[key], let value = try? JSONDecoder().decode(Value.self, from: Data(text.utf8))
            else { throw corrupt("its \(key) cannot be read") }
            return value
        }
        let (mean, deviation): ([Float], [Float]) = (try decoded(Key.mean), try decoded(Key.standardDeviation))
        guard let size = header.entries["train.images"]?.shape.dimensions, size.count == 4,
            size[1...].allSatisfy({ (1...ImageImport.largestSide).contains($0) }), size[3] == 1 || size[3] == 3
        else { throw corrupt("its training images are not [N, H, W, C] with 1 or 3 channels") }
        guard mean.count == size[3], deviation.count == size[3], (mean + deviation).allSatisfy(\.isFinite),
            deviation.allSatisfy({ $0 > 0 })
        else {
            throw corrupt("its mean \(mean) and standard deviation \(deviation) are not those of \(size[3]) channels")
        }
        self.name = name
        form = ImageForm(height: size[1], width: size[2], channels: size[3], classNames: try decoded(Key.classes))
        normalization = ImageNormalization(mean: mean, standardDeviation: deviation)
    }

    /// Checks the checksum and takes the images as they lie in the file.
    ///
    /// - Throws: `DatasetError.corrupt`.
    public func load() throws -> ImageCollection {
        guard let written = header.metadata[Key.checksum], written == checksum() else {
            throw DatasetError.corrupt(
                path: path, problem: "its checksum is wrong: the file is damaged; import the folder again")
        }
        let (train, test) = (try part("train"), try part("test"))
        guard !test.labels.contains(ImageDataset.unknownLabel) else {
            throw DatasetError.corrupt(path: path, problem: "it has test images without label")
        }
        return ImageCollection(
            train: train, test: test, normalization: normalization, warnings: [])
    }

    private func part(_ part: String) throws -> ImageDataset {
        func tensor(_ name: String, _ type: ElementType, _ shape: [Int]?) throws -> (shape: [Int], bytes: Data) {
            guard let entry = header.entries["\(part).\(name)"], entry.elementType == type,
                shape == nil || entry.shape.dimensions == shape
            else {
                throw DatasetError.corrupt(path: path, problem: "its \(part).\(name) is missing or of another shape")
            }
            let start = data.startIndex + entry.range.lowerBound
            return (entry.shape.dimensions, data[start..<start + entry.range.count])
        }
        let count = header.entries["\(part).labels"]?.shape.count ?? 0
        let images = try tensor("images", .uint8, [count, form.height, form.width, form.channels])
        let labels = try tensor("labels", .int32, [count]).bytes.withUnsafeBytes { bytes in
            (0..<count).map { Int(bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)) }
        }
        let names = ImageNames(text: try tensor("names", .uint8, nil).bytes)
        guard count > 0, names.count == count else {
            throw DatasetError.corrupt(path: path, problem: "its \(part).names are not those of \(count) images")
        }
        do {
            return try ImageDataset(name: name, form: form, pixels: images.bytes, labels: labels, names: names)
        } catch DatasetError.invalid(let problem) {
            throw DatasetError.corrupt(path: path, problem: problem)
        }
    }

    private func checksum() -> String? {
        guard let written = header.metadata[Key.checksum], written.utf8.count == Self.noChecksum.utf8.count else {
            return nil
        }
        var head = Data(data.prefix(header.end))
        guard let place = head.range(of: Data("\"\(Key.checksum)\":\"\(written)\"".utf8)) else { return nil }
        head.replaceSubrange(place, with: Data("\"\(Key.checksum)\":\"\(Self.noChecksum)\"".utf8))
        var checksum = Checksum()
        head.withUnsafeBytes { checksum.add($0) }
        data.dropFirst(header.end).withUnsafeBytes { checksum.add($0) }
        return checksum.digits
    }
}

/// CRC-32, as of gzip: it finds what disks and networks do to a file, not what an attacker does.
struct Checksum {
    private var state = crc32(0, nil, 0)

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        state = crc32_z(state, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
    }

    /// The 32 bits.
    var value: UInt32 { UInt32(truncatingIfNeeded: state) }

    /// Eight hexadecimal digits.
    var digits: String { String(format: "%08x", value) }
}
