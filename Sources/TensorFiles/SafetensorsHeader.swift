import Foundation
import Tensors

/// What the header of a file in the safetensors format says of its tensors, checked: enough to map a large file into
/// memory and to use its tensors where they lie.
public struct SafetensorsHeader: Sendable {
    /// What is known of one tensor.
    public struct Entry: Sendable {
        /// The lengths of its dimensions.
        public let shape: Shape
        /// What an element is.
        public let elementType: ElementType
        /// Where its bytes are in the file.
        public let range: Range<Int>
    }

    /// The tensors by name.
    public let entries: [String: Entry]
    /// Free text by key.
    public let metadata: [String: String]
    /// Where the header ends and the tensors begin.
    public let end: Int

    /// The header may not be larger than this, as in the format's own reader.
    private static let largestHeader = 100_000_000

    private static let metadataKey = "__metadata__"

    /// Reads the header of a file that is in memory, or mapped into it; `path` is for messages.
    ///
    /// - Parameter isPassedOver: tensors of these names are left out, whatever their type.
    /// - Throws: `FileError.corrupt` for anything that the format forbids: a header that is too long or no JSON object,
    ///   shapes that do not fit their bytes, holes, overlaps, bytes left over.
    public init(
        _ file: Data, path: String, passingOver isPassedOver: (_ name: String) -> Bool = { _ in false }
    ) throws {
        func corrupt(_ problem: String) -> FileError { .corrupt(path: path, problem: problem) }
        guard file.count >= 8 else { throw corrupt("\(file.count) bytes are too few for a header") }
        let headerLength = file.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard headerLength <= Self.largestHeader, Int(headerLength) <= file.count - 8 else {
            throw corrupt("the header claims \(headerLength) bytes, the file has \(file.count)")
        }
        let bodyStart = 8 + Int(headerLength)
        let object = try? JSONSerialization.jsonObject(with: Data(file.prefix(bodyStart).dropFirst(8)))
        guard let header = object as? [String: Any] else { throw corrupt("the header is not a JSON object") }

        let body = bodyStart..<file.count
        var entries: [String: Entry] = [:]
        var ranges: [String: Range<Int>] = [:]
        var metadata: [String: String] = [:]
        for (name, value) in header {
            if name == Self.metadataKey {
                guard let strings = value as? [String: String] else {
                    throw corrupt("\(name) is not an object of strings")
                }
                metadata = strings
                continue
            }
            let range = try Entry.range(name: name, json: value, body: body, corrupt: corrupt)
            ranges[name] = range
            if !isPassedOver(name) {
                entries[name] = try Entry(name: name, json: value, range: range, corrupt: corrupt)
            }
        }
        var end = bodyStart
        for (name, range) in ranges.sorted(by: {
            ($0.value.lowerBound, $0.value.upperBound) < ($1.value.lowerBound, $1.value.upperBound)
        }) {
            guard range.lowerBound == end else { throw corrupt("\(name) does not begin where its neighbour ends") }
            end = range.upperBound
        }
        guard end == file.count else { throw corrupt("\(file.count - end) bytes belong to no tensor") }
        self.entries = entries
        self.metadata = metadata
        self.end = bodyStart
    }

    /// The first bytes of a file with these tensors: its header, behind which they follow in this order.
    ///
    /// Its length depends on names, shapes and the lengths of the metadata only.
    public static func encoded(
        _ tensors: [(name: String, elementType: ElementType, shape: Shape)], metadata: [String: String]
    ) throws -> Data {
        var header: [String: Any] = metadata.isEmpty ? [:] : [metadataKey: metadata]
        var start = 0
        for tensor in tensors {
            let end = start + tensor.shape.count * tensor.elementType.byteCount
            header[tensor.name] = [
                "dtype": tensor.elementType.safetensorsName, "shape": tensor.shape.dimensions,
                "data_offsets": [start, end],
            ]
            start = end
        }
        var json = try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
        // The format wants the tensors' bytes aligned; spaces after the header are allowed for that.
        json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
        return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json
    }
}

extension SafetensorsHeader.Entry {
    /// Where the header says that a tensor's bytes are; `body` is where the file has tensors.
    fileprivate static func range(
        name: String, json: Any, body: Range<Int>, corrupt: (String) -> FileError
    ) throws -> Range<Int> {
        guard let offsets = (json as? [String: Any])?["data_offsets"] as? [Int] else {
            throw corrupt("the header's entry for \(name) lacks data_offsets")
        }
        guard offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] <= body.count else {
            throw corrupt("\(name): bytes \(offsets) are not inside the file")
        }
        return body.lowerBound + offsets[0]..<body.lowerBound + offsets[1]
    }

    /// One tensor's line in the header, checked.
    fileprivate init(name: String, json: Any, range: Range<Int>, corrupt: (String) -> FileError) throws {
        guard let fields = json as? [String: Any], let typeName = fields["dtype"] as? String,
            let dimensions = fields["shape"] as? [Int]
        else { throw corrupt("the header's entry for \(name) lacks dtype or shape") }
        guard let elementType = ElementType(safetensorsName: typeName) else {
            throw corrupt("\(name) holds \(typeName); only F32, F16, I32 and U8 are read")
        }
        guard let shape = try? Shape(dimensions) else { throw corrupt("\(name): \(dimensions) is not a shape") }
        let (byteCount, overflow) = shape.count.multipliedReportingOverflow(by: elementType.byteCount)
        guard !overflow, range.count == byteCount else {
            throw corrupt("\(name): \(range.count) bytes are not a tensor of \(shape) \(typeName)")
        }
        self.shape = shape
        self.elementType = elementType
        self.range = range
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
