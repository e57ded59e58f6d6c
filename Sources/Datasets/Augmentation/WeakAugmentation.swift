import Tensors

/// The weak view: the image shifted by a few pixels, and mirrored in half of the cases.
///
/// Source: Sohn et al., "FixMatch", NeurIPS 2020, section 2.3.
public struct WeakAugmentation: Hashable, Sendable {
    /// What comes in at the border of a shifted image.
    let padding: ByteImage.Padding
    /// The largest shift in each direction, in pixels.
    private static let largestShift = 4

    /// Draws a weak view of `image`.
    func view(of image: ByteImage, drawingFrom generator: inout PhiloxGenerator) -> ByteImage {
        let row = generator.integer(below: 2 * Self.largestShift + 1)
        let column = generator.integer(below: 2 * Self.largestShift + 1)
        let isMirrored = generator.uniform() < 0.5
        let shifted = image.shiftedCrop(row: row, column: column, padding: Self.largestShift, with: padding)
        return isMirrored ? shifted.mirrored() : shifted
    }
}
