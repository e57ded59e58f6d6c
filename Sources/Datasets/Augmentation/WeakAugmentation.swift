import Tensors

/// The weak view: the image shifted by a few pixels, and mirrored in half of the cases.
///
/// Source: Sohn et al., "FixMatch", NeurIPS 2020, section 2.3.
public struct WeakAugmentation: Hashable, Sendable {
    /// What comes in at the border of a shifted image.
    let padding: ImagePadding
    /// The largest shift in each direction, in pixels.
    private static let largestShift = 4

    /// Draws a weak view and adds it to the newest program.
    func append(to programs: inout ImagePrograms, drawingFrom generator: inout PhiloxGenerator) {
        let row = generator.integer(below: 2 * Self.largestShift + 1)
        let column = generator.integer(below: 2 * Self.largestShift + 1)
        let isMirrored = generator.uniform() < 0.5
        programs.crop(row: row, column: column, padding: Self.largestShift, with: padding)
        if isMirrored { programs.mirror() }
    }
}
