import Tensors

/// Memory of no backend.
final class ForeignStorage: TensorStorage {
    let byteCount: Int

    init(byteCount: Int) {
        self.byteCount = byteCount
    }

    /// A tensor that every backend must refuse.
    static func tensor(_ shape: Shape, _ elementType: ElementType = .float32) -> Tensor {
        Tensor(
            shape: shape, elementType: elementType,
            storage: ForeignStorage(byteCount: shape.count * elementType.byteCount))
    }
}
