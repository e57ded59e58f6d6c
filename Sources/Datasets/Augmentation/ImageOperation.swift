/// One operation on an image, with its strength. The results are Pillow's, byte for byte, because the published
/// results were made with it; a grey image is treated as Pillow treats its mode `L`.
public enum ImageOperation: Hashable, Sendable {
    case identity
    /// Spreads each channel's values over 0...255.
    case autoContrast
    /// Gives each channel an even histogram.
    case equalize
    /// 255 − v.
    case invert
    /// Inverts what is at least `threshold`.
    case solarize(threshold: Int)
    /// Adds to every value, up to 255, and inverts what is then at least 128.
    case solarizeAdd(Int)
    /// Keeps the `bits` highest bits.
    case posterize(bits: Int)
    /// 0 is black, 1 the image.
    case brightness(Float)
    /// 0 is grey, 1 the image.
    case color(Float)
    /// 0 is the mean grey everywhere, 1 the image.
    case contrast(Float)
    /// 0 is smoothed, 1 the image.
    case sharpness(Float)
    /// Counter-clockwise, about the centre.
    case rotate(degrees: Double)
    /// Columns to the right for each row down.
    case shearX(Double)
    /// Rows down for each column to the right.
    case shearY(Double)
    /// Each pixel takes the one `pixels` to its right.
    case translateX(pixels: Double)
    /// Each pixel takes the one `pixels` below it.
    case translateY(pixels: Double)
    /// Fills a square about (x, y) with what FixMatch's code calls grey: ``ByteImage/cutoutColor``.
    case cutout(x: Double, y: Double, side: Double)

    /// The image after this operation.
    public func applied(to image: ByteImage) -> ByteImage {
        switch self {
        case .identity: image
        case .autoContrast: image.contrastStretched()
        case .equalize: image.equalized()
        case .invert: image.solarized(from: 0)
        case .solarize(let threshold): image.solarized(from: threshold)
        case .solarizeAdd(let addition): image.brightened(adding: addition).solarized(from: 128)
        case .posterize(let bits): image.posterized(to: bits)
        case .brightness(let strength): image.brightened(by: strength)
        case .color(let strength): image.colored(by: strength)
        case .contrast(let strength): image.contrasted(by: strength)
        case .sharpness(let strength): image.sharpened(by: strength)
        case .rotate(let degrees): image.rotated(byDegrees: degrees)
        case .shearX(let strength): image.sheared(columnsPerRow: strength, rowsPerColumn: 0)
        case .shearY(let strength): image.sheared(columnsPerRow: 0, rowsPerColumn: strength)
        case .translateX(let pixels): image.translated(columns: pixels, rows: 0)
        case .translateY(let pixels): image.translated(columns: 0, rows: pixels)
        case .cutout(let x, let y, let side): image.cutOut(x: x, y: y, side: side, color: ByteImage.cutoutColor)
        }
    }
}
