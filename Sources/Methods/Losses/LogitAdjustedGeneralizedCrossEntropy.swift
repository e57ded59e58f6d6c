/// What can be chosen of ``GeneralizedCrossEntropy`` with logit adjustment: against imbalance and wrong labels at once.
public struct LogitAdjustedGeneralizedCrossEntropyOptions: LabelledLossPart {
    /// The name in recipes.
    public static let name = "la-gce"
    /// q: towards 0 cross entropy, 1 for mean absolute error.
    public var q = 0.7
    /// τ; 0 gives plain generalized cross entropy.
    public var logitAdjustmentTau = 1.0

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case q = "gce_q"
        case logitAdjustmentTau = "logit_adjustment_tau"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(positive: CodingKeys.q, q)
        try require(fraction: CodingKeys.q, q)
        try require(CodingKeys.logitAdjustmentTau, logitAdjustmentTau, atLeast: 0)
    }

    package func makeLoss(at site: MethodSite) throws -> any LabelledLoss {
        try GeneralizedCrossEntropy(q: q, truncation: 0, logitAdjustmentTau: logitAdjustmentTau, at: site)
    }
}
