/// What can be chosen of ``LabelDistributionAwareMargin``. The defaults are the paper's.
public struct LabelDistributionAwareMarginOptions: LabelledLossPart {
    /// The name in recipes.
    public static let name = "ldam"
    /// Δ_max: the rarest class's margin.
    public var maximumMargin = 0.5
    /// s: what the logits are multiplied by.
    public var scale = 30.0
    /// β of the class-balanced weights of the last part of the run; 0 for no re-weighting.
    public var reweightBeta = 0.999
    /// The part of the run after which rows are re-weighted.
    public var reweightStart = 0.8

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case maximumMargin = "ldam_maximum_margin"
        case scale = "ldam_scale"
        case reweightBeta = "ldam_reweight_beta"
        case reweightStart = "ldam_reweight_start"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.maximumMargin, maximumMargin, atLeast: 0)
        try require(positive: CodingKeys.scale, scale)
        try require(below1: CodingKeys.reweightBeta, reweightBeta)
        try require(fraction: CodingKeys.reweightStart, reweightStart)
    }

    package func makeLoss(at site: MethodSite) throws -> any LabelledLoss {
        try LabelDistributionAwareMargin(self, at: site)
    }
}
