/// A dictionary in a file that Python's `pickle` wrote, with protocol 2 or 3: lists of whole numbers and arrays of bytes
/// can be read from it. Nothing in the file is executed.
struct PickledDictionary {
    /// CIFAR-100's training images take 155 MB.
    private static let byteLimit = 1 << 28

    private let file: DataFile
    private let bytes: [UInt8]
    private let objects: [PickleObject]
    private let values: [String: PickleValue]

    /// Reads a file.
    ///
    /// - Throws: `DatasetError.missing` with `advice`, or `.corrupt`.
    init(path: String, advice: String) throws {
        file = try DataFile(path: path, advice: advice)
        bytes = try file.read(upTo: Self.byteLimit + 1)
        guard bytes.count <= Self.byteLimit else {
            throw file.corrupt("expected at most \(Self.byteLimit) bytes, found more")
        }
        var machine = PickleMachine(bytes)
        let root: PickleValue
        do {
            root = try machine.run()
        } catch {
            throw file.corrupt("is not a pickle that can be read: \(error.problem)")
        }
        objects = machine.objects
        guard case .object(let place) = root, case .dictionary(let items) = objects[place] else {
            throw file.corrupt("is a pickle, but not of a dictionary")
        }
        var values: [String: PickleValue] = [:]
        for (key, value) in items {
            switch key {
            case .bytes(let range), .text(let range):
                values[String(decoding: bytes[range], as: UTF8.self)] = value
            default: throw file.corrupt("is a pickle of a dictionary whose keys are no texts")
            }
        }
        self.values = values
    }

    /// A list of whole numbers.
    ///
    /// - Throws: `DatasetError.corrupt`.
    func integers(_ key: String) throws -> [Int] {
        guard case .object(let place) = try value(key), case .list(let list) = objects[place] else {
            throw file.corrupt("its \(key) are not a list")
        }
        return try list.map { value in
            guard case .integer(let number) = value else { throw file.corrupt("its \(key) are not whole numbers") }
            return number
        }
    }

    /// An array of bytes of two dimensions, row by row.
    ///
    /// - Throws: `DatasetError.corrupt`.
    func byteMatrix(_ key: String) throws -> (rows: Int, columns: Int, bytes: [UInt8]) {
        // What `numpy.ndarray.__setstate__` takes: version, shape, type, whether column by column, elements.
        guard case .object(let place) = try value(key),
            case .call(.reconstruct, _, let state?) = objects[place],
            let parts = tuple(state), parts.count == 5,
            let shape = tuple(parts[1]), shape.count == 2,
            case .integer(let rows) = shape[0], case .integer(let columns) = shape[1], rows >= 0, columns >= 0
        else { throw file.corrupt("its \(key) are not an array of two dimensions") }
        guard isByteType(parts[2]) else { throw file.corrupt("its \(key) are not an array of unsigned bytes") }
        guard case .bool(false) = parts[3] else {
            throw file.corrupt("its \(key) lie column by column; save numpy.ascontiguousarray of them")
        }
        let elements = try content(of: parts[4], key)
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard !overflow, elements.count == count else {
            throw file.corrupt("its \(key) are \(elements.count) bytes, expected \(rows)×\(columns)")
        }
        return (rows, columns, elements)
    }

    private func value(_ key: String) throws -> PickleValue {
        guard let value = values[key] else {
            throw file.corrupt("has no \(key), only \(values.keys.sorted().joined(separator: ", "))")
        }
        return value
    }

    private func tuple(_ value: PickleValue) -> [PickleValue]? {
        guard case .object(let place) = value, case .tuple(let parts) = objects[place] else { return nil }
        return parts
    }

    /// Whether it is `dtype("u1", …)`.
    private func isByteType(_ value: PickleValue) -> Bool {
        guard case .object(let place) = value, case .call(.elementType, let arguments, _) = objects[place],
            case .tuple(let parts) = objects[arguments], let name = parts.first
        else { return false }
        switch name {
        case .bytes(let range), .text(let range): return bytes[range].elementsEqual("u1".utf8)
        default: return false
        }
    }

    /// Bytes as they stand in the file, or as `encode(text, "latin1")` has them: each character is a byte.
    private func content(of value: PickleValue, _ key: String) throws -> [UInt8] {
        switch value {
        case .bytes(let range): return Array(bytes[range])
        case .object(let place):
            guard case .call(.encode, let arguments, _) = objects[place],
                case .tuple(let parts) = objects[arguments], parts.count == 2,
                case .text(let text) = parts[0], case .text(let encoding) = parts[1],
                bytes[encoding].elementsEqual("latin1".utf8), let content = latin1(text)
            else { break }
            return content
        default: break
        }
        throw file.corrupt("the elements of its \(key) are no bytes")
    }

    /// UTF-8 of characters up to U+00FF, as their numbers; nil for others.
    private func latin1(_ text: Range<Int>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = text.lowerBound
        while position < text.upperBound {
            let byte = bytes[position]
            if byte < 0x80 {
                result.append(byte)
                position += 1
            } else {
                guard byte == 0xC2 || byte == 0xC3, position + 1 < text.upperBound,
                    bytes[position + 1] & 0xC0 == 0x80
                else { return nil }
                result.append((byte & 0x03) << 6 | bytes[position + 1] & 0x3F)
                position += 2
            }
        }
        return result
    }
}
