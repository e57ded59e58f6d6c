/// Making views of images: crops, RandAugment and the rest, then normalisation.
/// An implementation must pass the parity rows `imageViews` and the golden vectors of kind `augmentation`.
public protocol AugmentationOperations: AnyObject {
    /// What the programs make of the images: `output[v,h,w,c] = values[c, byte]` for each byte of view v. The bytes are the
    /// same on every backend.
    ///
    /// - Parameters:
    ///   - images: `[N, H, W, C]`, uint8.
    ///   - programs: V of them, for images of H×W×C and views of h×w.
    ///   - values: `[C, 256]`, what becomes of each byte of each channel.
    /// - Returns: `[V, h, w, C]`, float32.
    /// - Throws: `TensorError.invalidArgument` if the images are of another size, or a program names one that is not there.
    func imageViews(of images: Tensor, programs: ImagePrograms, values: Tensor) throws -> Tensor
}

extension ImagePrograms {
    /// The shape of the views.
    ///
    /// - Throws: `TensorError.invalidArgument` unless images and values fit the programs.
    public func viewShape(of images: Tensor, values: Tensor, operation: String) throws -> Shape {
        try Expect.elementType(images, .uint8, "the images", operation: operation)
        try Expect.shape(
            images, [images.shape.dimensions.first ?? 0, sourceSize.height, sourceSize.width, channels], "the images",
            operation: operation)
        try Expect.floats(values, [channels, 256], "the table of values", operation: operation)
        if let stray = sources.first(where: { $0 < 0 || $0 >= images.shape[0] }) {
            throw TensorError.invalidArgument(
                operation: operation, problem: "a view is made of image \(stray), there are \(images.shape[0])")
        }
        return try Shape([count, viewSize.height, viewSize.width, channels])
    }
}
