/// A part of an image, brought to the image's own size.
extension ByteImage {
    /// Takes the rectangle of `rows` × `columns` pixels whose first is (row, column), and stretches it to the whole size by
    /// bilinear interpolation at pixel centres. At the rectangle's border its outermost pixels are repeated.
    ///
    /// - Precondition: the rectangle has a pixel and lies inside the image.
    func resizedCrop(row: Int, column: Int, rows: Int, columns: Int) -> ByteImage {
        let vertical = Self.samples(of: rows, from: row, count: height)
        let horizontal = Self.samples(of: columns, from: column, count: width)
        var result = self
        result.pixels.withUnsafeMutableBufferPointer { result in
            pixels.withUnsafeBufferPointer { pixels in
                var index = 0
                for y in vertical {
                    for x in horizontal {
                        for channel in 0..<channels {
                            func value(_ row: Int, _ column: Int) -> Float {
                                Float(pixels[(row * width + column) * channels + channel])
                            }
                            let upper = value(y.first, x.first) * (1 - x.part) + value(y.first, x.second) * x.part
                            let lower = value(y.second, x.first) * (1 - x.part) + value(y.second, x.second) * x.part
                            result[index] = UInt8(min(max(upper * (1 - y.part) + lower * y.part + 0.5, 0), 255))
                            index += 1
                        }
                    }
                }
            }
        }
        return result
    }

    /// For each of `count` pixels, the two pixels of a line of `size` that it lies between, and its part of the way from the
    /// first to the second.
    private static func samples(of size: Int, from start: Int, count: Int) -> [(first: Int, second: Int, part: Float)] {
        (0..<count).map { index in
            let place = (Float(index) + 0.5) * Float(size) / Float(count) - 0.5
            let inside = min(max(place, 0), Float(size - 1))
            let first = Int(inside)
            return (start + first, start + min(first + 1, size - 1), inside - Float(first))
        }
    }
}
