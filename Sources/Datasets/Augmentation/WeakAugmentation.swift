import Tensors

/// The weak view: the image shifted by a few pixels, or a window of it where views are smaller than images, and mirrored in
/// half of the cases.
///
/// Source: Sohn et al., "FixMatch", NeurIPS 2020, section 2.3. Windows of 224 pixels at uniform places of 256, of one
/// scale, are what BMB's code has for ImageNet and USB's for Semi-Aves.
public struct WeakAugmentation: Hashable, Sendable {
    /// What comes in at the border of a shifted image.
    let padding: ImagePadding
    /// The largest shift in each direction, in pixels.
    private static let largestShift = 4

    /// Draws a weak view and adds it to the newest program.
    func append(to programs: inout ImagePrograms, drawingFrom generator: inout PhiloxGenerator) {
        let (size, viewSize) = (programs.size, programs.viewSize)
        let isWindow = viewSize != size
        let rows = isWindow ? size.height - viewSize.height : 2 * Self.largestShift
        let columns = isWindow ? size.width - viewSize.width : 2 * Self.largestShift
        let row = generator.integer(below: rows + 1)
        let column = generator.integer(below: columns + 1)
        let isMirrored = generator.uniform() < 0.5
        if isWindow {
            programs.window(row: row, column: column)
        } else {
            programs.crop(row: row, column: column, padding: Self.largestShift, with: padding)
        }
        if isMirrored { programs.mirror() }
    }
}
