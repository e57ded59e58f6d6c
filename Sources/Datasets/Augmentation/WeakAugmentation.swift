import Tensors

/// The weak view: the image shifted by a few pixels, and mirrored in half of the cases.
///
/// Source: Sohn et al., "FixMatch", NeurIPS 2020, section 2.3.
public struct WeakAugmentation: Hashable, Sendable {
    /// Whether half of the images are mirrored. Digits and letters should not be.
    public var flips: Bool
    /// The largest shift in each direction, in pixels; what comes in at the border is the image's reflection.
    private static let largestShift = 4

    /// The usual weak view of small images.
    public init(flips: Bool = true) {
        self.flips = flips
    }

    /// Draws a weak view of `image`.
    func view(of image: ByteImage, drawingFrom generator: inout PhiloxGenerator) -> ByteImage {
        let row = generator.integer(below: 2 * Self.largestShift + 1)
        let column = generator.integer(below: 2 * Self.largestShift + 1)
        let isMirrored = generator.uniform() < 0.5
        let shifted = image.shiftedCrop(row: row, column: column, padding: Self.largestShift)
        return flips && isMirrored ? shifted.mirrored() : shifted
    }
}
