/// A filled rectangle, as the FixMatch family cuts out.
///
/// Source: DeVries, Taylor, "Improved regularization of convolutional neural networks with cutout", arXiv 1708.04552; the
/// corners as in DASO's official code.
extension ByteImage {
    /// Fills a square about a centre. As published it is lopsided: a square beyond the left or upper edge is moved inside,
    /// one beyond the right or lower edge is cut, and the corner pixels on both sides belong to it, so that a side of 16
    /// fills 17 pixels.
    ///
    /// - Parameters:
    ///   - x: the centre's column, in 0...width.
    ///   - y: the centre's row, in 0...height.
    ///   - side: the nominal side in pixels.
    ///   - color: a value for each channel.
    public func cutOut(x: Double, y: Double, side: Int, color: [UInt8]) -> ByteImage {
        let columns = Self.span(centre: x, side: side, size: width)
        let rows = Self.span(centre: y, side: side, size: height)
        var result = self
        for row in rows {
            for column in columns {
                for (channel, value) in zip(0..<channels, color) {
                    result.pixels[(row * width + column) * channels + channel] = value
                }
            }
        }
        return result
    }

    private static func span(centre: Double, side: Int, size: Int) -> Range<Int> {
        let first = Int(max(0, centre - Double(side) / 2))
        let last = min(size, first + side)
        return min(first, size)..<min(last + 1, size)
    }
}
