import NeuralNetworks
import Tensors

/// Logit adjustment: rare classes must win by a margin that frequent ones are given, `mean CE(f + τ·log π, y)`.
///
/// Source: Menon et al., "Long-tail learning via logit adjustment", ICLR 2021, equation 10.
final class LogitAdjusted: LabelledLoss {
    private let adjustment: Tensor?

    init(tau: Double, at site: MethodSite) throws {
        adjustment = try site.prior.logitAdjustment(tau: tau, on: site.backend)
    }

    func losses(_ logits: Variable, _ step: MethodStep) throws -> RowLosses {
        try RowLosses(crossEntropiesOf: step.tape.shift(logits, by: adjustment), step)
    }
}

/// What can be chosen of ``LogitAdjusted``.
public struct LogitAdjustedOptions: LabelledLossPart {
    /// The name in recipes.
    public static let name = "logit-adjusted"
    /// τ; 0 gives plain cross entropy.
    public var logitAdjustmentTau = 1.0

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case logitAdjustmentTau = "logit_adjustment_tau"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.logitAdjustmentTau, logitAdjustmentTau, atLeast: 0)
    }

    package func makeLoss(at site: MethodSite) throws -> any LabelledLoss {
        try LogitAdjusted(tau: logitAdjustmentTau, at: site)
    }
}
