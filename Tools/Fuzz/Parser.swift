import Foundation
import Tensors

@testable import Datasets
@testable import TensorFiles
@testable import Training

/// What reads files or texts that a stranger may have made.
enum Parser: String, CaseIterable {
    case jpeg, png, idx, cifar, pickle, npz, stl10, safetensors, recipe, lists

    /// Larger pictures are left alone once their header is read: decoding them would take all the time.
    private static let largestPixelCount = 1 << 18

    /// A function that gives bytes to the parser. It returns if they are good or refused with a typed error; it must not trap,
    /// throw anything else, or take more memory than it is allowed.
    func prepared() throws -> (UnsafeRawBufferPointer) -> Void {
        // In memory, where there is such a file system.
        let memory = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        let folder = "\(memory)/equipoise-fuzz-\(rawValue)-\(ProcessInfo.processInfo.processIdentifier)"
        for name in ["train/ant", "train/bee", "test/ant"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            try Data().write(to: URL(fileURLWithPath: "\(folder)/\(name)/0.png"))
        }
        let listing = try ImageListing(folder: folder)
        let path = "\(folder)/input"
        return { bytes in
            Self.write(bytes, to: path)
            Self.expectTypedErrors { try read(path, bytes, folder: folder, listing) }
        }
    }

    private static func expectTypedErrors(_ body: () throws -> Void) {
        do {
            try body()
        } catch is DatasetError {
        } catch is FileError {
        } catch is TensorError {
        } catch is RecipeError {
        } catch {
            fatalError("an error that is none of the typed ones: \(error)")
        }
    }

    private func read(_ path: String, _ bytes: UnsafeRawBufferPointer, folder: String, _ listing: ImageListing) throws {
        switch self {
        case .jpeg, .png:
            guard let image = try ImageFile(path: path), image.height * image.width <= Self.largestPixelCount else {
                return
            }
            _ = try image.decoded(channels: 3).resized(height: 8, width: 8)
        case .idx: _ = try IDXFile(path: path, rank: bytes.count > 3 ? Int(bytes[3]) % 5 : 1, advice: "")
        case .cifar:
            _ = try CIFARFile(path: path, labelBytes: 1 + bytes.count % 2, classes: 10, advice: "")
        case .pickle:
            let dictionary = try PickledDictionary(path: path, advice: "")
            for key in ["labels", "data"] {
                Self.expectTypedErrors { _ = try dictionary.integers(key) }
                Self.expectTypedErrors { _ = try dictionary.byteMatrix(key) }
            }
        case .npz: _ = try NPZImages(path: path).load()
        case .stl10:
            Self.expectTypedErrors { _ = try STL10File.labels(path: path, classes: 10, advice: "") }
            _ = try STL10File.images(path: path, side: 8, advice: "")
        case .safetensors:
            // Foundation leaks a page when it reads an empty file.
            guard !bytes.isEmpty else { return }
            Self.expectTypedErrors { _ = try Safetensors(contentsOf: path) }
            _ = try ImageSetFile(path: path).load()
        case .recipe:
            guard let text = String(validating: bytes, as: UTF8.self) else { return }
            _ = try Recipe(yaml: text, name: "fuzz")
        case .lists:
            let dataset = try ImageDataset(
                name: "fuzz", form: ImageForm(height: 1, width: 1, channels: 1, classNames: ["ant", "bee"]),
                pixels: Data([1, 2]), labels: [0, 1], names: ImageNames(["train/ant/0.png", "train/bee/0.png"]))
            Self.expectTypedErrors { _ = try LabelTable(file: path, column: "label").labels(for: dataset) }
            Self.expectTypedErrors { _ = try listing.grouped(byFile: path) }
            _ = try ImageListing(folder: folder, trainList: path, testList: path, unlabelledList: path)
        }
    }

    /// What cannot be written cannot be tried: libFuzzer's search ends with that.
    private static func write(_ bytes: UnsafeRawBufferPointer, to path: String) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(file) }
        guard file >= 0, Foundation.write(file, bytes.baseAddress, bytes.count) == bytes.count else {
            fatalError("cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }
}
