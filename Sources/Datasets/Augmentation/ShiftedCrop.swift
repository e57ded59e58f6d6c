/// A crop of the padded image, of the image's own size: the image shifted.
extension ByteImage {
    /// What is around an image.
    public enum Padding: Sendable {
        /// The image mirrored at its outermost pixels, which are not repeated.
        case reflection
        /// Black.
        case zero
    }

    /// Takes the window whose first pixel is (row, column) of the image with `padding` pixels added on all sides, as
    /// large as the image.
    ///
    /// - Parameters:
    ///   - row: from 0 to 2·padding; `padding` keeps the image where it is.
    ///   - column: likewise.
    public func shiftedCrop(row: Int, column: Int, padding: Int, with kind: Padding = .reflection) -> ByteImage {
        let sourceRows = (0..<height).map { Self.source($0 + row - padding, size: height, kind) }
        let sourceColumns = (0..<width).map { Self.source($0 + column - padding, size: width, kind) }
        var result = self
        result.pixels.withUnsafeMutableBufferPointer { result in
            pixels.withUnsafeBufferPointer { pixels in
                var index = 0
                for sourceRow in sourceRows {
                    for sourceColumn in sourceColumns {
                        for channel in 0..<channels {
                            if let sourceRow, let sourceColumn {
                                result[index] = pixels[(sourceRow * width + sourceColumn) * channels + channel]
                            } else {
                                result[index] = 0
                            }
                            index += 1
                        }
                    }
                }
            }
        }
        return result
    }

    /// Left becomes right.
    public func mirrored() -> ByteImage {
        var result = self
        result.pixels.withUnsafeMutableBufferPointer { result in
            pixels.withUnsafeBufferPointer { pixels in
                for row in 0..<height {
                    for column in 0..<width {
                        let to = (row * width + column) * channels
                        let from = (row * width + width - 1 - column) * channels
                        for channel in 0..<channels {
                            result[to + channel] = pixels[from + channel]
                        }
                    }
                }
            }
        }
        return result
    }

    /// Which of `size` pixels is at `position` of the padded line, counted from the first real one; nil is black. An
    /// image narrower than its padding is mirrored again and again.
    private static func source(_ position: Int, size: Int, _ kind: Padding) -> Int? {
        switch kind {
        case .zero:
            return (0..<size).contains(position) ? position : nil
        case .reflection:
            guard size > 1 else { return 0 }
            let period = 2 * (size - 1)
            let place = ((position % period) + period) % period
            return min(place, period - place)
        }
    }
}
