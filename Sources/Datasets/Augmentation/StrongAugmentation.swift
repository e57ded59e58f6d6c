import Tensors

/// The strong view: a weak view of its own, then random operations, then a grey square.
///
/// Source: Sohn et al., "FixMatch", NeurIPS 2020, section 2.3, with the constants of DASO's official code.
public struct StrongAugmentation: Hashable, Sendable {
    /// As in DASO: two operations, a square of half the image's width, which is 16 pixels at 32×32.
    public static let daso = StrongAugmentation(operations: .daso, cutoutFraction: 0.5, cutoutValue: 127)

    /// The operations to choose from.
    let operations: RandAugment
    /// The side of the square, as a part of the image's width.
    let cutoutFraction: Double
    /// What the square is filled with, in each channel.
    let cutoutValue: UInt8

    /// Draws a strong view of `image`.
    func view(
        of image: ByteImage, after weak: WeakAugmentation, drawingFrom generator: inout PhiloxGenerator
    ) -> ByteImage {
        var view = weak.view(of: image, drawingFrom: &generator)
        for operation in operations.draw(forImageOf: (image.height, image.width), from: &generator) {
            view = operation.applied(to: view)
        }
        return view.cutOut(
            x: Double(generator.uniform()) * Double(image.width), y: Double(generator.uniform()) * Double(image.height),
            side: Int(cutoutFraction * Double(image.width)),
            color: Array(repeating: cutoutValue, count: image.channels))
    }
}
