import Tensors

/// The form of DASO's official code (github.com/ytaek-oh/daso).
extension RandAugment {
    private static let levels = 10

    /// Two operations, each applied in half of the cases, at a level drawn from 1 to 9 on a scale to 10.
    static func drawAsDASO(
        forImageOf size: (height: Int, width: Int), from generator: inout PhiloxGenerator
    ) -> [ImageOperation] {
        (0..<2).compactMap { _ in
            let kind = Kind.allCases[generator.integer(below: Kind.allCases.count)]
            let level = 1 + generator.integer(below: levels - 1)
            let isApplied = generator.uniform() < 0.5
            let sign: Double = generator.uniform() < 0.5 ? -1 : 1
            return isApplied ? kind.operation(level: level, sign: sign, size: size) : nil
        }
    }

    /// The list to choose from; each is equally likely.
    private enum Kind: CaseIterable {
        case autoContrast, brightness, color, contrast, equalize, identity, posterize, rotate, sharpness, shearX, shearY
        case solarize, translateX, translateY

        /// What the operation is at a level from 0 to 10. Where the official code truncates to whole numbers, so does this.
        func operation(level: Int, sign: Double, size: (height: Int, width: Int)) -> ImageOperation {
            func whole(_ largest: Int) -> Int { level * largest / levels }
            let blend = Float(Double(level) * 0.9 / 10 + 0.05)
            let fraction = Double(level) * 0.3 / 10
            switch self {
            case .autoContrast: return .autoContrast
            case .brightness: return .brightness(blend)
            case .color: return .color(blend)
            case .contrast: return .contrast(blend)
            case .equalize: return .equalize
            case .identity: return .identity
            case .posterize: return .posterize(bits: whole(4) + 4)
            case .rotate: return .rotate(degrees: sign * Double(whole(30)))
            case .sharpness: return .sharpness(blend)
            case .shearX: return .shearX(sign * fraction)
            case .shearY: return .shearY(sign * fraction)
            case .solarize: return .solarize(threshold: 256 - whole(256))
            case .translateX: return .translateX(pixels: sign * (fraction * Double(size.width)).rounded(.down))
            case .translateY: return .translateY(pixels: sign * (fraction * Double(size.height)).rounded(.down))
            }
        }
    }
}
