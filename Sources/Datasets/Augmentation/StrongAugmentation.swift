import Tensors

/// The strong view: a weak view, then two random operations, then a grey square.
public struct StrongAugmentation: Hashable, Sendable {
    /// As in DASO.
    public static let daso = StrongAugmentation()

    /// Draws a strong view of `image`.
    public func view(
        of image: ByteImage, after weak: WeakAugmentation, drawingFrom generator: inout PhiloxGenerator
    ) -> ByteImage {
        image
    }
}
