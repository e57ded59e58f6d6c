import Tensors

/// How far a result may be from what is expected: every element `a` must satisfy `|a − b| ≤ absolute + relative · max|b|`,
/// with `b` the expected value and the maximum taken over the whole tensor. Halves may differ by 2⁻¹⁰ more, unless they
/// must be equal, as integers and bytes must.
public struct Tolerance: Hashable, Sendable {
    /// As a part of the expected tensor's largest magnitude.
    public let relative: Double
    /// In the tensor's own units.
    public let absolute: Double
    /// Why results may differ by so much.
    public let reason: String

    /// A tolerance and its justification.
    public init(relative: Double, absolute: Double = 0, reason: String) {
        self.relative = relative
        self.absolute = absolute
        self.reason = reason
    }

    /// No difference is allowed.
    public static let exact = Tolerance(relative: 0, reason: "no arithmetic, or every rounding is prescribed")

    /// Compares a result with what is expected of it.
    public func compare(_ result: HostTensor, with expected: HostTensor) -> Comparison {
        guard result.shape == expected.shape, result.elementType == expected.elementType else {
            return Comparison(
                worstError: .infinity,
                mismatch: " must be \(expected.shape) \(expected.elementType.rawValue), "
                    + "got \(result.shape) \(result.elementType.rawValue)")
        }
        guard result.bytes != expected.bytes else { return Comparison(worstError: 0, mismatch: nil) }
        // 32-bit integers are exact in double precision too.
        let got = result.doubles
        let wanted = expected.doubles
        let largest = wanted.lazy.filter(\.isFinite).map(\.magnitude).max() ?? 0
        let allowed = allowedError(of: expected.elementType, largest: largest)

        var worst = 0
        var worstError = 0.0
        var wrongElements = 0
        for index in wanted.indices {
            let error = Self.distance(got[index], wanted[index])
            if error > allowed { wrongElements += 1 }
            if error > worstError { (worst, worstError) = (index, error) }
        }
        guard wrongElements > 0 else {
            return Comparison(worstError: largest > 0 ? worstError / largest : worstError, mismatch: nil)
        }
        return Comparison(
            worstError: largest > 0 ? worstError / largest : worstError,
            mismatch: "\(expected.shape.position(of: worst)): expected \(wanted[worst]), got \(got[worst]), off by "
                + "\(Float(worstError)), allowed \(Float(allowed)); \(wrongElements) of \(wanted.count) elements are off"
        )
    }

    /// Numbers that are nearly equal may be rounded to neighbouring halves, by 2⁻¹¹ of themselves to either side.
    private func allowedError(of elementType: ElementType, largest: Double) -> Double {
        switch elementType {
        case .float32: absolute + relative * largest
        case .float16: self == .exact ? 0 : absolute + (relative + 0x1p-10) * largest
        case .int32, .uint8: 0
        }
    }

    /// Infinities must be equal, a NaN must meet a NaN: everything else is infinitely far away.
    private static func distance(_ first: Double, _ second: Double) -> Double {
        if first == second || (first.isNaN && second.isNaN) { return 0 }
        let difference = (first - second).magnitude
        return difference.isFinite ? difference : .infinity
    }
}

/// What a comparison found.
public struct Comparison: Hashable, Sendable {
    /// The largest difference, as a part of the expected tensor's largest magnitude (absolute where that is 0).
    public let worstError: Double
    /// Where the worst element lies, and what is wrong with it; nil if the tolerance was kept.
    public let mismatch: String?
}

extension HostTensor {
    /// The elements in double precision.
    var doubles: [Double] {
        elementType == .int32 ? ((try? integers()) ?? []).map(Double.init) : floats.map(Double.init)
    }
}

extension Shape {
    /// Where the element with this row-major index lies: `[1, 3, 0, 5]`.
    func position(of index: Int) -> [Int] {
        var rest = index
        var position: [Int] = []
        for dimension in dimensions.reversed() {
            position.insert(rest % max(1, dimension), at: 0)
            rest /= max(1, dimension)
        }
        return position
    }
}
