import Tensors

/// The form of USB (github.com/microsoft/Semi-supervised-learning) and of ADELLO, which is built on it. The magnitude m = 5
/// of their settings has no effect there, nor is there one here.
extension RandAugment {
    /// Three operations, always applied; the strength of each is uniform over its range.
    static func drawAsUSB(
        forImageOf size: (height: Int, width: Int), from generator: inout PhiloxGenerator
    ) -> [ImageOperation] {
        (0..<3).map { _ in
            let kind = Kind.allCases[generator.integer(below: Kind.allCases.count)]
            return kind.operation(Double(generator.uniform()), size: size)
        }
    }

    /// The list to choose from; each is equally likely.
    private enum Kind: CaseIterable {
        case autoContrast, brightness, color, contrast, equalize, identity, posterize, rotate, sharpness, shearX, shearY
        case solarize, translateX, translateY

        /// What the operation is at a part, from 0 to 1, of its range.
        func operation(_ part: Double, size: (height: Int, width: Int)) -> ImageOperation {
            let blend = Float(0.05 + 0.9 * part)
            let fraction = 0.3 * (2 * part - 1)
            switch self {
            case .autoContrast: return .autoContrast
            case .brightness: return .brightness(blend)
            case .color: return .color(blend)
            case .contrast: return .contrast(blend)
            case .equalize: return .equalize
            case .identity: return .identity
            case .posterize: return .posterize(bits: Int(4 + 4 * part))
            case .rotate: return .rotate(degrees: 30 * (2 * part - 1))
            case .sharpness: return .sharpness(blend)
            case .shearX: return .shearX(fraction)
            case .shearY: return .shearY(fraction)
            case .solarize: return .solarize(threshold: Int((256 * part).rounded(.up)))
            case .translateX: return .translateX(pixels: fraction * Double(size.width))
            case .translateY: return .translateY(pixels: fraction * Double(size.height))
            }
        }
    }
}
