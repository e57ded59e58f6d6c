import Tensors

/// Features of labelled images to which features of unlabelled ones are mixed in, the more often the rarer the class, so
/// that rare classes have more of them. The label stays.
///
/// Source: Fan, Dai, Kukleva, Schiele, "CoSSL: co-learning of representation and classifier for imbalanced
/// semi-supervised learning", CVPR 2022, section 3.3 (tail-class feature enhancement).
package struct TailFeatureEnhancement {
    /// `(max N − N_k) / max N`, `[K, 1]`: the chance of class k's features to be mixed.
    private let chances: Tensor

    /// What the labelled images' counts make of it.
    package init(prior: ClassPrior, on backend: any Backend) throws {
        let largest = Double(prior.counts.max() ?? 1)
        chances = try backend.tensor(
            prior.counts.map { Float((largest - Double($0)) / largest) }, try Shape([prior.classes, 1]))
    }

    /// Row i is mixed where `draws_i` is below its class's chance: `λ_i · z_i + (1 − λ_i) · u_i`; otherwise it stays.
    ///
    /// - Parameters:
    ///   - features: z, `[N, D]`.
    ///   - labels: int32 `[N]`.
    ///   - unlabelled: u, `[N, D]`.
    ///   - draws: uniform numbers `[N]`.
    ///   - lambdas: λ, `[N]`.
    /// - Returns: the features `[N, D]`, and 1 for each row that was mixed, else 0, `[N]`.
    package func enhance(
        _ features: Tensor, labels: Tensor, with unlabelled: Tensor, draws: Tensor, lambdas: Tensor,
        on backend: any Backend
    ) throws -> (features: Tensor, isMixed: Tensor) {
        let chances = try backend.gatherRows(chances, indices: labels).reshaped(to: draws.shape)
        let isMixed = try backend.affine(
            backend.binary(.greaterOrEqual, draws, chances), scale: -1, shift: 1)
        let shares = try backend.binary(.multiply, isMixed, backend.affine(lambdas, scale: -1, shift: 1))
        let differences = try backend.binary(.subtract, unlabelled, features)
        let column = try Shape([shares.count, 1])
        let change = try backend.binary(.multiply, differences, shares.reshaped(to: column))
        return (try backend.binary(.add, features, change), isMixed)
    }
}
