import Tensors

/// Draws random operations of random strength.
///
/// Source: Cubuk, Zoph, Shlens, Le, "RandAugment", arXiv 1909.13719. Every code base has a form of its own, and their results
/// differ, so each is here under the name of who published it.
public enum RandAugment: Hashable, Sendable {
    /// DASO's official code: ``drawAsDASO(forImageOf:from:)``.
    case daso
    /// USB, also ADELLO's: ``drawAsUSB(forImageOf:from:)``.
    case usb
    /// BMB, DARP and ABC: ``drawAsBMB(forImageOf:from:)``.
    case bmb

    /// The operations to apply, in order.
    ///
    /// - Parameter size: rows and columns of the image, of which translations are a fraction.
    func draw(forImageOf size: (height: Int, width: Int), from generator: inout PhiloxGenerator) -> [ImageOperation] {
        switch self {
        case .daso: Self.drawAsDASO(forImageOf: size, from: &generator)
        case .usb: Self.drawAsUSB(forImageOf: size, from: &generator)
        case .bmb: Self.drawAsBMB(forImageOf: size, from: &generator)
        }
    }
}
