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

    /// The header may not be larger than this, as in the format's own reader.
    static let largestHeader = 100_000_000

    static let metadataKey = "__metadata__"
}

// MARK: - Writing

extension Safetensors {
    /// The whole file as bytes.
    public func encoded() throws -> Data {
        var header: [String: Any] = metadata.isEmpty ? [:] : [Self.metadataKey: metadata]
        var body = Data()
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            let start = body.count
            body.append(contentsOf: tensor.bytes)
            header[name] = [
                "dtype": tensor.elementType.safetensorsName, "shape": tensor.shape.dimensions,
                "data_offsets": [start, body.count],
            ]
        }
        var json = try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
        // The format wants the tensors' bytes aligned; spaces after the header are allowed for that.
        json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
        var file = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) }
        file.append(json)
        file.append(body)
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
    /// - Throws: `FileError.cannotRead`; `FileError.corrupt` for anything that the format forbids: a header that is too
    ///   long or no JSON object, shapes that do not fit their bytes, holes, overlaps, bytes left over.
    public init(contentsOf path: String) throws {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw FileError.cannotRead(
                path: path,
                reason: FileManager.default.fileExists(atPath: path)
                    ? error.localizedDescription : "there is no such file")
        }
        try self.init(data, path: path)
    }

    /// Reads a file that is already in memory; `path` is for messages.
    public init(_ data: Data, path: String) throws {
        func corrupt(_ problem: String) -> FileError { .corrupt(path: path, problem: problem) }
        let bytes = [UInt8](data)
        guard bytes.count >= 8 else { throw corrupt("\(bytes.count) bytes are too few for a header") }
        let headerLength = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard headerLength <= Self.largestHeader, Int(headerLength) <= bytes.count - 8 else {
            throw corrupt("the header claims \(headerLength) bytes, the file has \(bytes.count)")
        }
        let bodyStart = 8 + Int(headerLength)
        let object = try? JSONSerialization.jsonObject(with: Data(bytes[8..<bodyStart]))
        guard let header = object as? [String: Any] else { throw corrupt("the header is not a JSON object") }

        var tensors: [String: HostTensor] = [:]
        var metadata: [String: String] = [:]
        var ranges: [(name: String, range: Range<Int>)] = []
        for (name, value) in header {
            if name == Self.metadataKey {
                guard let strings = value as? [String: String] else {
                    throw corrupt("\(name) is not an object of strings")
                }
                metadata = strings
                continue
            }
            let entry = try Entry(name: name, json: value, bodyLength: bytes.count - bodyStart, corrupt: corrupt)
            let range = (bodyStart + entry.range.lowerBound)..<(bodyStart + entry.range.upperBound)
            tensors[name] = try HostTensor(
                shape: entry.shape, elementType: entry.elementType, bytes: Array(bytes[range]))
            ranges.append((name, entry.range))
        }
        var end = 0
        for (name, range) in ranges.sorted(by: {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }) {
            guard range.lowerBound == end else { throw corrupt("\(name) does not begin where its neighbour ends") }
            end = range.upperBound
        }
        guard end == bytes.count - bodyStart else {
            throw corrupt("\(bytes.count - bodyStart - end) bytes belong to no tensor")
        }
        self.init(tensors: tensors, metadata: metadata)
    }

    /// One tensor's line in the header, checked.
    private struct Entry {
        let shape: Shape
        let elementType: ElementType
        let range: Range<Int>

        init(name: String, json: Any, bodyLength: Int, corrupt: (String) -> FileError) throws {
            guard let fields = json as? [String: Any], let typeName = fields["dtype"] as? String,
                let dimensions = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int]
            else { throw corrupt("the header's entry for \(name) lacks dtype, shape or data_offsets") }
            guard let elementType = ElementType(safetensorsName: typeName) else {
                throw corrupt("\(name) holds \(typeName); only F32, F16, I32 and U8 are read")
            }
            guard let shape = try? Shape(dimensions) else { throw corrupt("\(name): \(dimensions) is not a shape") }
            guard offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] <= bodyLength else {
                throw corrupt("\(name): bytes \(offsets) are not inside the file")
            }
            let (byteCount, overflow) = shape.count.multipliedReportingOverflow(by: elementType.byteCount)
            guard !overflow, offsets[1] - offsets[0] == byteCount else {
                throw corrupt("\(name): \(offsets[1] - offsets[0]) bytes are not a tensor of \(shape) \(typeName)")
            }
            self.shape = shape
            self.elementType = elementType
            range = offsets[0]..<offsets[1]
        }
    }
}

extension ElementType {
    fileprivate var safetensorsName: String {
        switch self {
        case .float32: "F32"
        case .float16: "F16"
        case .int32: "I32"
        case .uint8: "U8"
        }
    }

    fileprivate init?(safetensorsName: String) {
        guard let type = ElementType.allCases.first(where: { $0.safetensorsName == safetensorsName }) else {
            return nil
        }
        self = type
    }
}
