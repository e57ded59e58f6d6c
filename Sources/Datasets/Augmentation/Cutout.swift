import Tensors

/// A filled rectangle, as the FixMatch family cuts out.
///
/// Source: DeVries, Taylor, "Improved regularization of convolutional neural networks with cutout", arXiv 1708.04552; the
/// corners as in the official code of DASO and USB.
extension ImagePrograms {
    /// What most code of the family fills with: red, green and blue.
    static let cutoutColor: [UInt8] = [125, 123, 114]

    /// Fills a square about a centre. As published it is lopsided: a square beyond the left or upper edge is moved inside,
    /// one beyond the right or lower edge is cut, and the corner pixels on both sides belong to it, so that a side of 16
    /// fills 17 pixels.
    ///
    /// - Parameters:
    ///   - x: the centre's column, in 0...width.
    ///   - y: the centre's row, in 0...height.
    ///   - side: the nominal side in pixels.
    ///   - color: a value for each channel, or red, green and blue, of which a grey image takes the luma.
    public mutating func cutOut(x: Double, y: Double, side: Double, color: [UInt8]) {
        fill(
            rows: Self.span(centre: y, side: side, size: height),
            columns: Self.span(centre: x, side: side, size: width), with: pixel(color))
    }

    /// A colour as this image has it.
    ///
    /// - Parameter color: a value for each channel, or red, green and blue, of which a grey image takes the luma.
    func pixel(_ color: [UInt8]) -> [UInt8] {
        channels == 1 && color.count == 3 ? [Self.grey(color[0], color[1], color[2])] : color
    }

    private static func span(centre: Double, side: Double, size: Int) -> Range<Int> {
        let first = Int(max(0, centre - side / 2))
        let last = Int(min(Double(size), Double(first) + side))
        return min(first, size)..<min(last + 1, size)
    }
}
