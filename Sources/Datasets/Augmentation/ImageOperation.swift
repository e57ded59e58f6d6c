import Tensors

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
    /// Fills a square about (x, y) with what FixMatch's code calls grey: 125, 123, 114.
    case cutout(x: Double, y: Double, side: Double)

    /// Adds this operation to the newest program.
    public func append(to programs: inout ImagePrograms) {
        switch self {
        case .identity: break
        case .autoContrast: programs.autoContrast()
        case .equalize: programs.equalize()
        case .invert: programs.map { 255 - $0 }
        case .solarize(let threshold): programs.map { Self.solarized($0, from: threshold) }
        case .solarizeAdd(let addition):
            programs.map { Self.solarized(UInt8(min(max(Int($0) + addition, 0), 255)), from: 128) }
        case .posterize(let bits):
            let kept: UInt8 = .max << (8 - min(max(bits, 0), 8))
            programs.map { $0 & kept }
        case .brightness(let strength): programs.map { UInt8(min(max(strength * Float($0), 0), 255)) }
        case .color(let strength): programs.blendWithGrey(strength)
        case .contrast(let strength): programs.blendWithMean(strength)
        case .sharpness(let strength): programs.blendWithSmoothed(strength)
        case .rotate(let degrees): programs.rotate(byDegrees: degrees)
        case .shearX(let strength): programs.shear(columnsPerRow: strength, rowsPerColumn: 0)
        case .shearY(let strength): programs.shear(columnsPerRow: 0, rowsPerColumn: strength)
        case .translateX(let pixels): programs.translate(columns: pixels, rows: 0)
        case .translateY(let pixels): programs.translate(columns: 0, rows: pixels)
        case .cutout(let x, let y, let side):
            programs.cutOut(x: x, y: y, side: side, color: ImagePrograms.cutoutColor)
        }
    }

    /// The value, inverted if it is at least `threshold`.
    private static func solarized(_ value: UInt8, from threshold: Int) -> UInt8 {
        Int(value) >= threshold ? 255 - value : value
    }
}
