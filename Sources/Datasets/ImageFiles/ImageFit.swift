/// How images of any size become squares of one size.
public enum ImageFit: String, CaseIterable, Sendable {
    /// Rows and columns are both brought to the square's: everything is there, the aspect is not kept.
    case stretch
    /// The shorter side is brought to the square's and the longer one by the same part; of this the centre is kept. As
    /// torchvision's `Resize(side)` with `CenterCrop(side)`, which is usual for ImageNet.
    case cover
}

extension ByteImage {
    /// A square of this image, with Pillow's bilinear interpolation.
    ///
    /// - Precondition: `side` is positive.
    func fitted(to side: Int, _ fit: ImageFit) -> ByteImage {
        switch fit {
        case .stretch:
            return resized(height: side, width: side)
        case .cover:
            let (shorter, longer) = (min(height, width), max(height, width))
            let length = side * longer / shorter
            let isTall = height > width
            // Half a pixel goes to the even place, as Python rounds.
            let start = Int((Double(length - side) / 2).rounded(.toNearestOrEven))
            return resized(height: isTall ? length : side, width: isTall ? side : length)
                .square(row: isTall ? start : 0, column: isTall ? 0 : start, side: side)
        }
    }

    /// The square whose first pixel is (row, column).
    private func square(row: Int, column: Int, side: Int) -> ByteImage {
        let rows = (row..<row + side).map { row -> ArraySlice<UInt8> in
            let start = (row * width + column) * channels
            return pixels[start..<start + side * channels]
        }
        return ByteImage(sameSizeAs: (side, side, channels), pixels: Array(rows.joined()))
    }
}
