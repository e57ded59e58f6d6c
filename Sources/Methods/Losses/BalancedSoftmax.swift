/// Balanced softmax, `mean CE(f + log N, y)`: ``LogitAdjusted`` with τ = 1, since `log π` and `log N` differ by a number
/// that the softmax does not see. It has nothing to choose.
///
/// Source: Ren et al., "Balanced meta-softmax for long-tailed visual recognition", NeurIPS 2020.
public struct BalancedSoftmaxOptions: LabelledLossPart {
    /// The name in recipes.
    public static let name = "balanced-softmax"

    /// There is nothing to give.
    public init() {}

    /// There is none.
    public enum CodingKeys: CodingKey, CaseIterable {}

    /// Nothing can be wrong.
    public func validate() throws {}

    package func makeLoss(at site: MethodSite) throws -> any LabelledLoss { try LogitAdjusted(tau: 1, at: site) }
}
