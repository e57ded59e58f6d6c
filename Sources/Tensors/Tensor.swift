/// Memory on some device. Each backend has its own kind; when the last tensor that uses it goes, the memory returns to
/// the backend's pool.
public protocol TensorStorage: AnyObject {
    /// The bytes that tensors may use.
    var byteCount: Int { get }
}

/// A dense, row-major array on some device: a shape, an element type, and where the elements lie.
///
/// A tensor is a reference: copying the value does not copy the elements, and several tensors may be views of one
/// storage (a parameter inside an arena, the strong view's rows inside a joint batch).
public struct Tensor {
    /// The lengths of the dimensions.
    public let shape: Shape
    /// What an element is.
    public let elementType: ElementType
    /// The memory that holds the elements.
    public let storage: any TensorStorage
    /// Where the first element lies in the storage, in elements.
    public let offset: Int

    /// A tensor over the given storage. Only backends call this.
    ///
    /// - Precondition: the elements lie inside the storage.
    public init(shape: Shape, elementType: ElementType, storage: any TensorStorage, offset: Int = 0) {
        precondition(
            offset >= 0 && (offset + shape.count) * elementType.byteCount <= storage.byteCount,
            "a tensor of \(shape) at \(offset) does not lie inside its storage of \(storage.byteCount) bytes")
        self.shape = shape
        self.elementType = elementType
        self.storage = storage
        self.offset = offset
    }

    /// The number of elements.
    public var count: Int { shape.count }

    /// The bytes that the elements take.
    public var byteCount: Int { count * elementType.byteCount }

    /// The same elements with another shape.
    ///
    /// - Throws: `TensorError.invalidArgument` if the number of elements differs.
    public func reshaped(to newShape: Shape) throws -> Tensor {
        guard newShape.count == count else {
            throw TensorError.invalidArgument(
                operation: "reshaped", problem: "\(shape) has \(count) elements, \(newShape) has \(newShape.count)")
        }
        return Tensor(shape: newShape, elementType: elementType, storage: storage, offset: offset)
    }

    /// A view of consecutive entries of the outermost dimension: images of a batch, rows of a matrix.
    ///
    /// - Throws: `TensorError.invalidArgument` if the range leaves the dimension or the tensor is a scalar.
    public func slice(_ range: Range<Int>) throws -> Tensor {
        guard let outermost = shape.dimensions.first, range.lowerBound >= 0, range.upperBound <= outermost else {
            throw TensorError.invalidArgument(
                operation: "slice", problem: "rows \(range) are not inside a tensor of \(shape)")
        }
        let stride = outermost == 0 ? 0 : count / outermost
        return Tensor(
            shape: try Shape([range.count] + shape.dimensions.dropFirst()), elementType: elementType,
            storage: storage, offset: offset + range.lowerBound * stride)
    }

    /// A view of `newShape.count` consecutive elements that begin `start` elements after this tensor's first.
    /// How parameters lie in an arena.
    ///
    /// - Throws: `TensorError.invalidArgument` if the view would leave this tensor.
    public func view(at start: Int, shape newShape: Shape) throws -> Tensor {
        guard start >= 0, newShape.count <= count, start <= count - newShape.count else {
            throw TensorError.invalidArgument(
                operation: "view", problem: "\(newShape) at element \(start) is not inside a tensor of \(shape)")
        }
        return Tensor(shape: newShape, elementType: elementType, storage: storage, offset: offset + start)
    }
}
