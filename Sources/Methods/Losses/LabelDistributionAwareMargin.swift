import Foundation
import NeuralNetworks
import Tensors

/// LDAM: the rarer a class, the larger the margin by which it must win, `mean CE(s · (f − Δ_y e_y), y)` with
/// `Δ_k = Δ_max · N_k^(−1/4) / max_j N_j^(−1/4)`. Deferred re-weighting (DRW) makes it the mean weighted by class in the
/// last part of the run.
///
/// Source: Cao et al., "Learning imbalanced datasets with label-distribution-aware margin loss", NeurIPS 2019,
/// section 3 and algorithm 1.
///
/// Deviation: the paper's classifier is a cosine of normalised features and weights, which the scale is made for; the
/// logits here are the network's own.
final class LabelDistributionAwareMargin: LabelledLoss {
    private let scale: Float
    /// Δ, `[K]`.
    private let margins: Tensor
    /// `[K]`; nil for no re-weighting.
    private let classWeights: Tensor?
    /// The step from which on rows are re-weighted.
    private let reweightingStart: Double

    init(_ options: LabelDistributionAwareMarginOptions, at site: MethodSite) throws {
        scale = Float(options.scale)
        let smallest = Double(site.prior.counts.min() ?? 1)
        margins = try site.backend.tensor(
            site.prior.counts.map { Float(options.maximumMargin * pow(smallest / Double($0), 0.25)) },
            try Shape([site.prior.classes]))
        classWeights =
            options.reweightBeta > 0
            ? try site.prior.classBalancedWeights(beta: options.reweightBeta, on: site.backend) : nil
        reweightingStart = options.reweightStart * Double(site.totalSteps)
    }

    func losses(_ logits: Variable, _ step: MethodStep) throws -> RowLosses {
        let labels = try step.backend.oneHot(step.labels, classes: logits.shape.columns)
        let rowMargins = try step.backend.binary(.multiply, labels, margins)
        let withMargins = try step.tape.subtract(logits, step.tape.constant(rowMargins))
        let losses = try step.tape.crossEntropies(
            step.tape.affine(withMargins, scale: scale, shift: 0), targets: labels)
        guard let classWeights, Double(step.index) >= reweightingStart else { return RowLosses(losses) }
        return try RowLosses(losses, classWeights: classWeights, step)
    }

    /// `margins`, `[K]`.
    func observations() throws -> [String: Tensor] { ["margins": margins] }
}
