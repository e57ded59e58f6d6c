import Foundation
import NeuralNetworks
import Tensors

/// SuperLoss: each row weighted by a confidence σ that easy rows raise and hard ones lower, the best one for
/// `(l − τ)·σ + λ·(log σ)²` with the row's cross entropy l and `τ = log K`; σ is a constant of the step:
/// `σ = exp(−W(max(−2/e, (l − τ)/λ) / 2))`, W being Lambert's function.
///
/// Source: Castells, Weinzaepfel, Revaud, "SuperLoss: a generic loss for robust curriculum learning", NeurIPS 2020.
final class SuperLoss: LabelledLoss {
    private let lambda: Float
    private var confidences: Tensor?

    init(_ options: SuperLossOptions) {
        lambda = Float(options.superLossLambda)
    }

    func losses(_ logits: Variable, _ step: MethodStep) throws -> RowLosses {
        let (tape, backend) = (step.tape, step.backend)
        let crossEntropies = try tape.crossEntropies(logits, labels: step.labels)
        let excesses = try tape.affine(crossEntropies, scale: 1, shift: -log(Float(logits.shape.columns)))
        let logConfidences = try Self.logConfidences(
            backend.affine(excesses.value, scale: 1 / lambda, shift: 0), on: backend)
        let confidences = try backend.unary(.exponential, logConfidences)
        self.confidences = confidences
        let regularizers = try backend.affine(
            backend.binary(.multiply, logConfidences, logConfidences), scale: lambda, shift: 0)
        return RowLosses(
            try tape.add(tape.multiply(excesses, tape.constant(confidences)), tape.constant(regularizers)))
    }

    /// `log σ = −W(max(−2/e, b) / 2)` for b `[B]`, on the device.
    ///
    /// With `u = 1 + W` and `z = 1 + max(−2/e, b)·e/2`, `W·exp(W) = b/2` becomes `(u − 1)·exp(u) + 1 = z` with u, z ≥ 0.
    /// Newton's method from `log(1 + √(2z) + z/4)`, which is exact at the branch point z = 0 and within 0.8 up to
    /// z = 10⁵, takes 4 steps to the precision of float32. The derivative `u·exp(u)` is 0 at the branch point, where the
    /// start needs no step: 0.003 on top of it keeps rounding errors from being blown up there.
    private static func logConfidences(_ ratios: Tensor, on backend: any Backend) throws -> Tensor {
        let zero = try backend.tensor(repeating: 0, [1])
        let z = try backend.binary(
            .maximum, backend.affine(ratios, scale: Float(M_E / 2), shift: 1), zero)
        let root = try backend.unary(.squareRoot, backend.affine(z, scale: 2, shift: 0))
        let start = try backend.binary(.add, root, backend.affine(z, scale: 0.25, shift: 1))
        var u = try backend.unary(.logarithm, start)
        let target = try backend.affine(z, scale: 1, shift: -1)
        for _ in 0..<4 {
            let exponentials = try backend.unary(.exponential, u)
            let products = try backend.binary(.multiply, u, exponentials)
            let excess = try backend.binary(
                .subtract, backend.binary(.subtract, products, exponentials), target)
            let slope = try backend.affine(products, scale: 1, shift: 0.003)
            u = try backend.binary(.subtract, u, backend.binary(.divide, excess, slope))
        }
        return try backend.affine(u, scale: -1, shift: 1)
    }

    /// `sigma`, `[B]`: each labelled row's confidence.
    func observations() throws -> [String: Tensor] { confidences.map { ["sigma": $0] } ?? [:] }
}

/// What can be chosen of ``SuperLoss``.
public struct SuperLossOptions: LabelledLossPart {
    /// The name in recipes.
    public static let name = "super"
    /// λ: the smaller, the more the confidences of easy and hard rows differ.
    public var superLossLambda = 1.0

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case superLossLambda = "super_loss_lambda"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(positive: CodingKeys.superLossLambda, superLossLambda)
    }

    package func makeLoss(at site: MethodSite) throws -> any LabelledLoss { SuperLoss(self) }
}
