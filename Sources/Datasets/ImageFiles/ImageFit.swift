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
            let (whole, centre) = (0..<side, start..<start + side)
            return isTall
                ? resized(height: length, width: side, keeping: (centre, whole))
                : resized(height: side, width: length, keeping: (whole, centre))
        }
    }
}
