import NeuralNetworks
import Tensors

/// Unified distribution alignment: ADELLO's predecessor. The target prior moves from the labelled images' distribution to
/// a balanced one.
///
/// Source: Lazarow, Sohn, Lee, Li, Zhang, Yen, Pfister, "Unifying distribution alignment as a loss for imbalanced
/// semi-supervised learning", WACV 2023; the order of a step, and the shift of the strong views from the estimate Q
/// instead of the prior π, as in the code beside ADELLO's (github.com/emasa/ADELLO-LTSSL).
///
/// All of it stays on the device.
package final class UDAL: Rebalancer {
    private let options: UDALOptions
    private let classPrior: ClassPrior
    private let totalSteps: Int
    private let backend: any Backend
    /// π, `[K]`.
    private let prior: Tensor
    /// Q.
    private let distribution: RunningDistribution
    private var alignment: FlexibleAlignment?

    init(_ options: UDALOptions, at site: MethodSite) throws {
        self.options = options
        classPrior = site.prior
        totalSteps = site.totalSteps
        backend = site.backend
        prior = try classPrior.tempered(by: 1, on: backend)
        distribution = try RunningDistribution(classes: classPrior.classes, start: .uniform, on: backend)
    }

    /// `R = π^α / Σ π^α` is the target prior of this step; logits are shifted with the estimate Q of before it.
    package func begin(_ step: MethodStep) throws {
        let alpha = FlexibleAlignment.alpha(
            progress: progress(at: step.index), minimum: options.alphaMin, power: options.alphaPower)
        alignment = try FlexibleAlignment(
            alpha: backend.tensor(repeating: Float(alpha), [1]), target: classPrior.tempered(by: alpha, on: backend),
            prior: prior, estimate: distribution.shares, epsilon: options.epsilon, on: step.tape)
    }

    /// How much of the run is over, from 0 to 1; in whole epochs, or in steps.
    private func progress(at step: Int) -> Double {
        let unit = options.alphaFromEpoch ? options.iterationsPerEpoch : 1
        return Double(step / unit) / Double(max(1, totalSteps / unit))
    }

    /// `f + log(π / R)`.
    package func labelledLogits(_ logits: Variable, _ step: MethodStep) throws -> Variable {
        try alignment?.labelledLogits(logits, on: step.tape) ?? logits
    }

    /// `f + log(Q / R)`.
    package func strongLogits(_ logits: Variable, _ step: MethodStep) throws -> Variable {
        try alignment?.strongLogits(logits, on: step.tape) ?? logits
    }

    /// The estimate Q moves on; it is used from the next step on.
    package func end(_ pseudo: PseudoLabels, _ step: MethodStep) throws {
        try distribution.update(with: pseudo.probabilities, decay: options.distributionDecay)
    }

    /// `alpha` `[1]`, `target_distribution` R, and `distribution`, the estimate Q after the step.
    package func observations() throws -> [String: Tensor] {
        ["distribution": distribution.shares].merging(alignment?.observations ?? [:]) { first, _ in first }
    }

    /// The estimate.
    package func state() throws -> [String: HostTensor] { try distribution.state() }

    /// Puts back what ``state()`` gave.
    package func restore(_ reader: inout StateReader) throws { try distribution.restore(&reader) }
}

/// What can be chosen of ``UDAL``. The defaults are the paper's for CIFAR.
public struct UDALOptions: RebalancerPart {
    /// The name in recipes.
    public static let name = "udal"
    package static let bases: Set<String> = ["fixmatch"]

    /// α_min: the exponent of the labelled images' distribution at the end of the run. The paper takes 0.55 for CIFAR, 0.1
    /// for ImageNet-127.
    public var alphaMin = 0.55
    /// k: how α falls, `α = 1 − (1 − α_min) (t / T)^k`.
    public var alphaPower = 2.0
    /// Whether α falls from epoch to epoch, not from step to step.
    public var alphaFromEpoch = true
    /// Steps of one such epoch.
    public var iterationsPerEpoch = 1024
    /// d: how much of the estimated distribution is kept at each step.
    public var distributionDecay = 0.999
    /// Added to shares inside logarithms.
    public var epsilon = 1e-9

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case alphaMin = "alpha_min"
        case alphaPower = "alpha_power"
        case alphaFromEpoch = "alpha_from_epoch"
        case iterationsPerEpoch = "iterations_per_epoch"
        case distributionDecay = "distribution_decay"
        case epsilon
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(fraction: CodingKeys.alphaMin, alphaMin)
        try require(positive: CodingKeys.alphaPower, alphaPower)
        try require(CodingKeys.iterationsPerEpoch, iterationsPerEpoch, in: 1...1_000_000_000)
        try require(fraction: CodingKeys.distributionDecay, distributionDecay)
        try require(positive: CodingKeys.epsilon, epsilon)
    }

    package func makeRebalancer(at site: MethodSite) throws -> any Rebalancer { try UDAL(self, at: site) }
}
