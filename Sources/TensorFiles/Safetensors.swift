import Foundation
import Tensors

/// A file of named tensors in the safetensors format, which PyTorch, JAX and others read:
/// eight bytes with the header's length (little endian), a JSON header
/// `{"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__": {"key": "value"}}`, then the
/// tensors' bytes without holes. Source: the format's description at github.com/huggingface/safetensors.
///
/// Tensors are written in the order of their names and the header's keys are sorted, so equal contents give equal bytes.
public struct Safetensors: Equatable, Sendable {
    /// The tensors by name.
    public var tensors: [String: HostTensor]
    /// Free text by key.
    public var metadata: [String: String]

    /// Contents to be written.
    public init(tensors: [String: HostTensor], metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.metadata = metadata
    }
}

// MARK: - Writing

extension Safetensors {
    /// The whole file as bytes.
    public func encoded() throws -> Data {
        let sorted = tensors.sorted { $0.key < $1.key }
        var file = try SafetensorsHeader.encoded(
            sorted.map { ($0.key, $0.value.elementType, $0.value.shape) }, metadata: metadata)
        for (_, tensor) in sorted { file.append(contentsOf: tensor.bytes) }
        return file
    }

    /// Writes the file atomically.
    ///
    /// - Throws: `FileError.cannotWrite`.
    public func write(to path: String) throws {
        try AtomicFile.write(try encoded(), to: path)
    }
}

// MARK: - Reading

extension Safetensors {
    /// Reads a file.
    ///
    /// - Parameter isPassedOver: tensors of these names are left out, whatever their type.
    /// - Throws: `FileError.cannotRead`; `FileError.corrupt` for anything that the format forbids: a header that is too
    ///   long or no JSON object, shapes that do not fit their bytes, holes, overlaps, bytes left over.
    public init(
        contentsOf path: String, passingOver isPassedOver: (_ name: String) -> Bool = { _ in false }
    ) throws {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw FileError.cannotRead(
                path: path,
                reason: FileManager.default.fileExists(atPath: path)
                    ? error.localizedDescription : "there is no such file")
        }
        try self.init(data, path: path, passingOver: isPassedOver)
    }

    /// Reads a file that is already in memory; `path` is for messages.
    public init(
        _ data: Data, path: String, passingOver isPassedOver: (_ name: String) -> Bool = { _ in false }
    ) throws {
        let header = try SafetensorsHeader(data, path: path, passingOver: isPassedOver)
        let tensors = try header.entries.mapValues { entry in
            let start = data.startIndex + entry.range.lowerBound
            return try HostTensor(
                shape: entry.shape, elementType: entry.elementType,
                bytes: Array(data[start..<start + entry.range.count]))
        }
        self.init(tensors: tensors, metadata: header.metadata)
    }
}
