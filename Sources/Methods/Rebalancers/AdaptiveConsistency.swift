import NeuralNetworks
import Tensors

/// ACR: the strength of logit adjustment follows the unlabelled images' own class distribution, which a second, balanced
/// head estimates.
///
/// Source: Wei and Gan, "Towards realistic long-tailed semi-supervised learning: consistency is all you need", CVPR 2023;
/// formulas as in the authors' code (github.com/Gank0078/ACR, train.py), from which the paper's equations differ.
/// `f` is the first head, `g` the second; `adj(τ) = log(π^τ + ε)` with the labelled prior π.
///
/// Deviations: a class counts as present where any confident row predicts it; in the code the batch's last row of a class
/// decides for it, because it assigns by index. And a class that is not predicted for long counts as 10⁻³⁸ in the
/// divergences; in the code these become infinite and τ stays as it is.
package final class AdaptiveConsistency: Rebalancer {
    private let options: AdaptiveConsistencyOptions
    private let prior: ClassPrior
    private let backend: any Backend
    private let estimate: UnlabelledClassEstimate
    /// A₁ = adj(τ), `[K]`, where τ follows the estimate.
    private var adjustment: Tensor
    private var tau: Float
    /// A₂, `[K]`: for the second head's pseudo-labels.
    private let fixedAdjustment: Tensor
    /// A₃, `[K]`: for the second head's labelled loss.
    private let balancedAdjustment: Tensor
    private var observed: [String: Tensor] = [:]

    init(_ options: AdaptiveConsistencyOptions, at site: MethodSite) throws {
        self.options = options
        prior = site.prior
        estimate = try UnlabelledClassEstimate(
            prior: site.prior, decay: Float(options.distributionDecay), on: site.backend)
        backend = site.backend
        tau = Float(options.initialTau)
        func adjustment(_ tau: Double) throws -> Tensor {
            try Self.adjustment(tau, prior: site.prior, options, on: site.backend)
        }
        self.adjustment = try adjustment(options.initialTau)
        fixedAdjustment = try adjustment(options.fixedTau)
        balancedAdjustment = try adjustment(options.balancedTrainingTau)
    }

    /// τ is taken anew at the start of an epoch, one reading of three numbers.
    package func begin(_ step: MethodStep) throws {
        observed = [:]
        if step.index % options.iterationsPerEpoch == 0 {
            if isEstimating(step) { try updateTau() }
            try estimate.resetDivergences()
        }
        observed["adjustment"] = adjustment
    }

    /// `p₁ = softmax(f_w − A₁)`.
    package func weakLogits(_ logits: Tensor, _ step: MethodStep) throws -> Tensor {
        try step.backend.binary(.subtract, logits, adjustment)
    }

    /// A pseudo-label is used where p₁ is confident or the unadjusted probabilities are.
    package func weights(of pseudo: PseudoLabels, _ step: MethodStep) throws -> Tensor {
        let (weak, _) = try step.inputs.unlabelledViews()
        return try step.backend.binary(
            .maximum, pseudo.weights, Self.pseudoLabels(weak.logits.value, step).weights)
    }

    /// Terms: `auxiliary.supervised`, `mean CE(g + A₃, y)`, and `auxiliary.unsupervised`, the mean over views of
    /// `mean_b [max p_g ≥ threshold or max p₂ ≥ threshold] CE(g_s, argmax p₂)` with `p₂ = softmax(f_w − A₂)`.
    package func losses(_ pseudo: PseudoLabels, _ step: MethodStep) throws -> [LossTerm] {
        let logits = try step.inputs.auxiliaryLogits()
        let (weak, _) = try step.inputs.unlabelledViews()
        let supervised = try step.tape.crossEntropy(
            step.tape.addBias(logits.labelled, step.tape.constant(balancedAdjustment)), labels: step.labels)

        let own = try Self.pseudoLabels(logits.weak, step)
        let target = try Self.pseudoLabels(backend.binary(.subtract, weak.logits.value, fixedAdjustment), step)
        let mask = try backend.binary(.maximum, own.weights, target.weights)
        observed["auxiliary.mask"] = mask
        observed["auxiliary.pseudo_label"] = target.labels
        let unsupervised = try step.tape.meanCrossEntropy(
            of: logits.strong, targets: backend.oneHot(target.labels, classes: prior.classes), weights: mask)

        if isEstimating(step) {
            try estimate.update(own, isLabelledCopy: step.inputs.isLabelledCopy)
        }
        observed["distribution"] = estimate.distribution
        return [
            LossTerm("auxiliary.supervised", supervised),
            LossTerm("auxiliary.unsupervised", unsupervised),
        ]
    }

    private static func pseudoLabels(_ logits: Tensor, _ step: MethodStep) throws -> PseudoLabels {
        try PseudoLabels(step.backend.softmax(logits), threshold: step.threshold, on: step.backend)
    }

    private func isEstimating(_ step: MethodStep) -> Bool {
        step.index / options.iterationsPerEpoch > options.estimateAfterEpoch
    }

    /// The nearer the estimate is to the labelled prior, in comparison to the uniform and to the reversed one, the smaller
    /// is τ.
    private func updateTau() throws {
        let share = try estimate.shareOfPriorDivergence(steps: options.iterationsPerEpoch)
        tau = Float(options.tauMinimum + (options.tauMaximum - options.tauMinimum) * share)
        adjustment = try Self.adjustment(Double(tau), prior: prior, options, on: backend)
    }

    /// `adj(τ)`, `[K]`.
    private static func adjustment(
        _ tau: Double, prior: ClassPrior, _ options: AdaptiveConsistencyOptions, on backend: any Backend
    ) throws -> Tensor {
        try backend.tensor(
            prior.logarithms(power: tau, epsilon: options.logEpsilon).map { Float($0) }, try Shape([prior.classes]))
    }

    /// The adjustment A₁, the second head's pseudo-labels and which images it uses.
    package func observations() throws -> [String: Tensor] { observed }

    /// τ, and the estimate.
    package func state() throws -> [String: HostTensor] {
        try estimate.state().merging(["tau": try HostTensor([tau], shape: [1])]) { first, _ in first }
    }

    /// Puts back what ``state()`` gave.
    package func restore(_ reader: inout StateReader) throws {
        try estimate.restore(&reader)
        tau = try reader.take("tau", [1], .float32).floats[0]
        guard tau.isFinite else { throw MethodError.invalidState(name: "tau", problem: "is \(tau)") }
        adjustment = try Self.adjustment(Double(tau), prior: prior, options, on: backend)
    }
}
