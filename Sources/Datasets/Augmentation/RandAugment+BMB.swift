import Tensors

/// The form of BMB, DARP and ABC: the list of github.com/ildoonet/pytorch-randaugment, with n = 3 and m = 4.
extension RandAugment {
    /// m, on a scale to 30: how far into its range each strength is.
    private static let part = 4.0 / 30

    /// Three operations, always applied and always equally strong; only the direction is drawn, and where a square falls.
    static func drawAsBMB(
        forImageOf size: (height: Int, width: Int), from generator: inout PhiloxGenerator
    ) -> [ImageOperation] {
        (0..<3).map { _ in
            let kind = Kind.allCases[generator.integer(below: Kind.allCases.count)]
            let sign: Double = generator.uniform() < 0.5 ? -1 : 1
            let centre = (
                x: Double(generator.uniform()) * Double(size.width),
                y: Double(generator.uniform()) * Double(size.height)
            )
            return kind.operation(sign: sign, centre: centre)
        }
    }

    /// The list to choose from; each is equally likely.
    private enum Kind: CaseIterable {
        case autoContrast, equalize, invert, rotate, posterize, solarize, solarizeAdd, color, contrast, brightness
        case sharpness, shearX, shearY, cutout, translateX, translateY

        /// What the operation is. Translations and squares are in pixels, whatever the image's size.
        func operation(sign: Double, centre: (x: Double, y: Double)) -> ImageOperation {
            let blend = Float(0.1 + 1.8 * part)
            switch self {
            case .autoContrast: return .autoContrast
            case .equalize: return .equalize
            case .invert: return .invert
            case .rotate: return .rotate(degrees: sign * 30 * part)
            // The range is 0 to 4 bits, and none becomes 1.
            case .posterize: return .posterize(bits: max(1, Int(4 * part)))
            case .solarize: return .solarize(threshold: Int((256 * part).rounded(.up)))
            case .solarizeAdd: return .solarizeAdd(Int(110 * part))
            case .color: return .color(blend)
            case .contrast: return .contrast(blend)
            case .brightness: return .brightness(blend)
            case .sharpness: return .sharpness(blend)
            case .shearX: return .shearX(sign * 0.3 * part)
            case .shearY: return .shearY(sign * 0.3 * part)
            case .cutout: return .cutout(x: centre.x, y: centre.y, side: 40 * part)
            case .translateX: return .translateX(pixels: sign * 100 * part)
            case .translateY: return .translateY(pixels: sign * 100 * part)
            }
        }
    }
}
