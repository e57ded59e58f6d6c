/// A tensor in the host's memory: what is written to a device, read back from one, and kept in files.
public struct HostTensor: Hashable, Sendable {
    /// The lengths of the dimensions.
    public let shape: Shape
    /// What an element is.
    public let elementType: ElementType
    /// The elements, row-major, in this machine's byte order.
    public private(set) var bytes: [UInt8]

    /// - Throws: `TensorError.invalidArgument` if the number of bytes does not fit the shape.
    public init(shape: Shape, elementType: ElementType, bytes: [UInt8]) throws {
        guard bytes.count == shape.count * elementType.byteCount else {
            throw TensorError.invalidArgument(
                operation: "HostTensor",
                problem: "\(bytes.count) bytes are not a tensor of \(shape) \(elementType.rawValue)")
        }
        self.shape = shape
        self.elementType = elementType
        self.bytes = bytes
    }

    /// - Throws: `TensorError.invalidArgument` if the number of values does not fit the shape.
    public init(_ values: [Float], shape: Shape) throws {
        try self.init(shape: shape, elementType: .float32, bytes: values.withUnsafeBytes(Array.init))
    }

    /// The values rounded to binary16.
    ///
    /// - Throws: `TensorError.invalidArgument` if the number of values does not fit the shape.
    public init(halves values: [Float], shape: Shape) throws {
        try self.init(
            shape: shape, elementType: .float16,
            bytes: values.map(HalfPrecision.bits).withUnsafeBytes(Array.init))
    }

    /// - Throws: `TensorError.invalidArgument` if the number of values does not fit the shape.
    public init(_ values: [Int32], shape: Shape) throws {
        try self.init(shape: shape, elementType: .int32, bytes: values.withUnsafeBytes(Array.init))
    }

    /// The elements as floats; those of other types are converted.
    public var floats: [Float] {
        bytes.withUnsafeBytes { raw in
            switch elementType {
            case .float32:
                [Float](unsafeUninitializedCapacity: shape.count) { values, count in
                    UnsafeMutableRawBufferPointer(values).copyMemory(from: raw)
                    count = shape.count
                }
            case .float16:
                (0..<shape.count).map {
                    HalfPrecision.float(raw.loadUnaligned(fromByteOffset: $0 * 2, as: UInt16.self))
                }
            case .int32: (0..<shape.count).map { Float(raw.loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self)) }
            case .uint8: raw.map(Float.init)
            }
        }
    }

    /// The elements of an `int32` tensor.
    ///
    /// - Throws: `TensorError.invalidArgument` if the elements are of another type.
    public func integers() throws -> [Int32] {
        guard elementType == .int32 else {
            throw TensorError.invalidArgument(
                operation: "HostTensor.integers", problem: "the elements are \(elementType.rawValue), not int32")
        }
        return bytes.withUnsafeBytes { raw in
            (0..<shape.count).map { raw.loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self) }
        }
    }
}
