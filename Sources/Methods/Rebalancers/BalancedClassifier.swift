import NeuralNetworks
import Tensors

/// ABC: a second head that sees every class equally often, because images of frequent classes are left out by chance.
///
/// Source: Lee, Shin, Kim, "ABC: auxiliary balanced classifier for class-imbalanced semi-supervised learning", NeurIPS
/// 2021; the authors' code (github.com/LeeHyuck/ABC) takes soft targets and two strong views, USB hard ones.
///
/// On ReMixMatch it does what the authors' code does: this head sees labelled images and strong views that are not mixed.
///
/// Deviation: with several strong views the paper adds up their losses, so does this.
package final class BalancedClassifier: Rebalancer {
    private let options: BalancedClassifierOptions
    /// `b_k = N_min / N_k`: the chance of an image of class k to be used.
    private let balance: [Double]
    private var observed: [String: Tensor] = [:]

    init(_ options: BalancedClassifierOptions, at site: MethodSite) throws {
        self.options = options
        let counts = site.prior.counts
        let smallest = counts.min() ?? 1
        balance = counts.map { Double(smallest) / Double($0) }
    }

    /// Terms: `auxiliary.supervised` (equation 2) and `auxiliary.unsupervised` (equation 4).
    package func losses(_ pseudo: PseudoLabels, _ step: MethodStep) throws -> [LossTerm] {
        let logits = try step.inputs.auxiliaryLogits()
        return [
            LossTerm("auxiliary.supervised", try labelledLoss(logits.labelled, step)),
            LossTerm("auxiliary.unsupervised", try unlabelledLoss(logits.strong, weakLogits: logits.weak, step)),
        ]
    }

    /// `mean_i [u_i < b_y] CE(f_i, y_i)`, u being uniform draws `[B]`.
    private func labelledLoss(_ logits: Variable, _ step: MethodStep) throws -> Variable {
        let draws = try step.inputs.draw("labelled", step.inputs.labels.count)
        let chances = try step.backend.tensor(step.inputs.labels.map { Float(balance[Int($0)]) }, draws.shape)
        let mask = try Self.isBelow(draws, chances, on: step.backend)
        observed["auxiliary.labelled_mask"] = mask
        return try step.tape.crossEntropy(logits, labels: step.labels, weights: mask)
    }

    /// `Σ_views mean_b [max p_b ≥ threshold] [u_b < r_k] H(p_b, softmax(f_b))` with p of the weak view, `k = argmax p_b` and
    /// `r_k = 1 − (e / E) (1 − b_k)` in epoch e of E.
    private func unlabelledLoss(_ logits: [Variable], weakLogits: Tensor, _ step: MethodStep) throws -> Variable {
        let backend = step.backend
        var targets = try backend.softmax(weakLogits)
        if options.auxiliaryBlend { targets = try step.rebalancers.probabilities(targets, step) }
        let pseudo = try PseudoLabels(targets, threshold: step.threshold, on: backend)
        if options.auxiliaryTarget == .hard {
            targets = try backend.oneHot(pseudo.labels, classes: balance.count)
        }
        let draws = try step.inputs.draw("weak", targets.shape.rows)
        let epoch = step.index / options.iterationsPerEpoch
        let progress = min(Double(epoch) / Double(options.epochs), 1)
        let chancesOfClasses = try backend.tensor(
            balance.map { Float(1 - progress * (1 - $0)) }, try Shape([balance.count, 1]))
        let chances = try backend.gatherRows(chancesOfClasses, indices: pseudo.labels).reshaped(to: draws.shape)
        let mask = try backend.binary(
            .multiply, pseudo.weights, try Self.isBelow(draws, chances, on: backend))
        observed["auxiliary.mask"] = mask
        observed["auxiliary.pseudo_label"] = pseudo.labels
        let losses = try logits.map { (Float(1), try step.tape.crossEntropy($0, targets: targets, weights: mask)) }
        return losses.count == 1 ? losses[0].1 : try step.tape.weightedSum(losses)
    }

    /// A Bernoulli draw: 1 where `u < chance`, else 0.
    private static func isBelow(_ draws: Tensor, _ chances: Tensor, on backend: any Backend) throws -> Tensor {
        try backend.affine(try backend.binary(.greaterOrEqual, draws, chances), scale: -1, shift: 1)
    }

    /// The second head's pseudo-labels and which images it uses.
    package func observations() throws -> [String: Tensor] { observed }
}

/// What can be chosen of ``BalancedClassifier``. The defaults are those of DASO's code.
public struct BalancedClassifierOptions: RebalancerPart {
    /// The name in recipes.
    public static let name = "abc"
    package static let bases: Set<String> = ["fixmatch", "remixmatch"]
    package static let companions: Set<String> = ["daso"]

    /// What the second head learns from the unlabelled images.
    public enum Target: String, Hashable, Sendable, Codable {
        /// Probabilities, as in the paper.
        case soft
        /// The most probable class, as in USB.
        case hard
    }

    /// E: over so many epochs the unlabelled loss moves from all images to balanced ones.
    public var epochs = 500
    /// Steps of one such epoch.
    public var iterationsPerEpoch = 500
    /// What the second head learns from the unlabelled images.
    public var auxiliaryTarget = Target.soft
    /// Strong views of each unlabelled image: 1, or 2 as in the authors' code.
    public var strongViews = 1
    /// Whether the second head's pseudo-labels are refined by the other rebalancers too (DASO with ABC).
    public var auxiliaryBlend = true

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case epochs
        case iterationsPerEpoch = "iterations_per_epoch"
        case auxiliaryTarget = "auxiliary_target"
        case strongViews = "strong_views"
        case auxiliaryBlend = "auxiliary_blend"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.epochs, epochs, in: 1...1_000_000)
        try require(CodingKeys.iterationsPerEpoch, iterationsPerEpoch, in: 1...1_000_000_000)
        try require(CodingKeys.strongViews, strongViews, in: 1...2)
    }

    package var requirements: MethodRequirements {
        var requirements = MethodRequirements()
        requirements.usesAuxiliaryHead = true
        requirements.strongViews = strongViews
        requirements.unmixedViews = Set([.labelled] + [.strong, .secondStrong].prefix(strongViews))
        return requirements
    }

    package func makeRebalancer(at site: MethodSite) throws -> any Rebalancer {
        try BalancedClassifier(self, at: site)
    }
}
