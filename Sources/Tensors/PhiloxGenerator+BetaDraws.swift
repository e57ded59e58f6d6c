import Foundation

extension PhiloxGenerator {
    /// A number in [0, 1] drawn from Beta(α, α): 1/2 on average, near the ends for small α, near 1/2 for large ones.
    ///
    /// It is `X / (X + Y)` for two draws from Gamma(α, 1), of which only the logarithms are taken: for small α both are
    /// often too small for a floating-point number.
    ///
    /// - Parameter concentration: α, above 0.
    public mutating func beta(concentration: Double) -> Double {
        1 / (1 + exp(logarithmOfGamma(shape: concentration) - logarithmOfGamma(shape: concentration)))
    }

    /// The logarithm of a draw from Gamma(shape, 1): one from Gamma(shape + 1, 1) by rejection, times `U^(1/shape)`.
    ///
    /// Source: Marsaglia, Tsang, "A simple method for generating gamma variables", 2000, sections 2 and 6.
    private mutating func logarithmOfGamma(shape: Double) -> Double {
        let d = shape + 1 - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = Philox.normals(nextWord(), nextWord()).0
            let root = 1 + c * x
            let v = root * root * root
            let u = 1 - Double(uniform())
            guard v > 0, log(u) < x * x / 2 + d * (1 - v + log(v)) else { continue }
            return log(d * v) + log(1 - Double(uniform())) / shape
        }
    }
}
