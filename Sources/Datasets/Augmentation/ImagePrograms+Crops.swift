import Tensors

/// What is around an image.
public enum ImagePadding: Sendable {
    /// The image mirrored at its outermost pixels, which are not repeated.
    case reflection
    /// Black.
    case zero
}

/// Crops that have the image's own size or the view's, and the mirror image.
extension ImagePrograms {
    /// Takes the window whose first pixel is (row, column) of the image with `padding` pixels added on all sides, as
    /// large as the image: the image shifted.
    ///
    /// - Parameters:
    ///   - row: from 0 to 2·padding; `padding` keeps the image where it is.
    ///   - column: likewise.
    public mutating func crop(row: Int, column: Int, padding: Int, with kind: ImagePadding) {
        gather(
            rows: (0..<height).map { Self.source($0 + row - padding, size: height, kind) },
            columns: (0..<width).map { Self.source($0 + column - padding, size: width, kind) })
    }

    /// Left becomes right.
    public mutating func mirror() {
        gather(rows: Array(0..<height), columns: (0..<width).reversed())
    }

    /// Takes the rectangle of `rows` × `columns` pixels whose first is (row, column), and stretches it to the view's size by
    /// bilinear interpolation at pixel centres. At the rectangle's border its outermost pixels are repeated.
    public mutating func resizedCrop(row: Int, column: Int, rows: Int, columns: Int) {
        interpolate(
            rows: Self.samples(of: rows, from: row, count: viewSize.height),
            columns: Self.samples(of: columns, from: column, count: viewSize.width))
    }

    /// Which of `size` pixels is at `position` of the padded line, counted from the first real one; −1 is black. An image
    /// narrower than its padding is mirrored again and again.
    private static func source(_ position: Int, size: Int, _ kind: ImagePadding) -> Int {
        switch kind {
        case .zero:
            return (0..<size).contains(position) ? position : -1
        case .reflection:
            guard size > 1 else { return 0 }
            let period = 2 * (size - 1)
            let place = ((position % period) + period) % period
            return min(place, period - place)
        }
    }

    /// For each of `count` pixels, the place in a line of `size` that it is taken from.
    private static func samples(of size: Int, from start: Int, count: Int) -> [Sample] {
        (0..<count).map { index in
            let place = (Float(index) + 0.5) * Float(size) / Float(count) - 0.5
            let inside = min(max(place, 0), Float(size - 1))
            let first = Int(inside)
            return Sample(first: start + first, second: start + min(first + 1, size - 1), part: inside - Float(first))
        }
    }
}
