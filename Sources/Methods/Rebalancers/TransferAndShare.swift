import Foundation
import NeuralNetworks
import Tensors

/// TRAS: a second head learns from shifted and softened logits of its own, which transfer to rare classes what frequent
/// ones have.
///
/// Source: Wei, Liu, Zhang, Tu, "Transfer and share: semi-supervised learning from long-tailed data", Machine Learning
/// 2024; formulas as in USB (github.com/microsoft/Semi-supervised-learning, imb_algorithms/tras), since the paper's text
/// was not at hand. Which sign the shift has in the paper is therefore an option.
package final class TransferAndShare: Rebalancer {
    private let options: TransferAndShareOptions
    /// la, `[K]`.
    private let adjustment: Tensor
    /// `[K, K]`: row k is `la · T_k`, what the logits of an image of pseudo-label k are shifted by.
    private let shifts: Tensor
    private let zeroLoss: Tensor
    private var observed: [String: Tensor] = [:]

    init(_ options: TransferAndShareOptions, at site: MethodSite) throws {
        self.options = options
        let smallest = Double(site.prior.counts.min() ?? 1)
        let adjustment =
            switch options.sign {
            case .usb: site.prior.counts.map { log(pow(smallest / Double($0), options.priorPower) + 1e-12) }
            case .la: site.prior.logarithms(power: options.priorPower, epsilon: 1e-12)
            }
        let exponentials = adjustment.map { exp((adjustment.min() ?? 0) - $0) }
        let temperatures = exponentials.map {
            options.temperatureScale * $0 / exponentials.reduce(0, +) + options.temperatureOffset
        }
        let classes = site.prior.classes
        self.adjustment = try site.backend.tensor(adjustment.map { Float($0) }, try Shape([classes]))
        shifts = try site.backend.tensor(
            temperatures.flatMap { temperature in adjustment.map { Float($0 * temperature) } },
            try Shape([classes, classes]))
        zeroLoss = try site.backend.tensor(repeating: 0, [1])
    }

    /// The first head's pseudo-labels: `softmax(f_w − la)`.
    package func weakLogits(_ logits: Tensor, _ step: MethodStep) throws -> Tensor {
        try step.backend.binary(.subtract, logits, adjustment)
    }

    /// Terms: `auxiliary.supervised`, `mean CE(g + la, y)`, and `auxiliary.unsupervised`,
    /// `mean_b [max p_b ≥ threshold] H(softmax((g_w − la · T_k) / 2), softmax(g_s))` with `p = softmax(g_w)`, `k = argmax p_b`
    /// and `T_k = A · softmax(−la)_k + B`. Both 0 in the warm-up.
    package func losses(_ pseudo: PseudoLabels, _ step: MethodStep) throws -> [LossTerm] {
        guard step.index >= options.auxiliaryWarmUpSteps else {
            let zero = step.tape.constant(zeroLoss)
            return [LossTerm("auxiliary.supervised", zero), LossTerm("auxiliary.unsupervised", zero)]
        }
        let backend = step.backend
        let logits = try step.inputs.auxiliaryLogits()
        let supervised = try step.tape.crossEntropy(
            step.tape.addBias(logits.labelled, step.tape.constant(adjustment)), labels: step.labels)

        let own = try PseudoLabels(backend.softmax(logits.weak), threshold: step.threshold, on: backend)
        observed["auxiliary.mask"] = own.weights
        observed["auxiliary.pseudo_label"] = own.labels
        let shifted = try backend.binary(
            .subtract, logits.weak, backend.gatherRows(shifts, indices: own.labels))
        let targets = try backend.softmax(backend.affine(shifted, scale: 0.5, shift: 0))
        return [
            LossTerm("auxiliary.supervised", supervised),
            LossTerm(
                "auxiliary.unsupervised",
                try step.tape.meanCrossEntropy(of: logits.strong, targets: targets, weights: own.weights)),
        ]
    }

    /// The second head's pseudo-labels and which images it uses.
    package func observations() throws -> [String: Tensor] { observed }
}

/// What can be chosen of ``TransferAndShare``. The defaults are USB's but for the sign and the warm-up.
public struct TransferAndShareOptions: RebalancerPart {
    /// The name in recipes.
    public static let name = "tras"
    package static let bases: Set<String> = ["fixmatch"]

    /// Which way logits are adjusted.
    public enum Sign: String, Hashable, Sendable, Codable {
        /// As USB has it, `la_k = log((min N / N_k)^power + 10⁻¹²)`: the opposite of logit adjustment, since it favours
        /// frequent classes.
        case usb
        /// As logit adjustment has it, `la_k = log(π_k^power + 10⁻¹²)`.
        case la
    }

    /// Which way logits are adjusted.
    public var sign = Sign.la
    /// The power of the labelled prior.
    public var priorPower = 1.0
    /// A: how much more the logits of rare classes' pseudo-labels are shifted than those of frequent ones.
    public var temperatureScale = 2.0
    /// B: how much all are.
    public var temperatureOffset = 2.0
    /// The second head learns from this step on; in USB after 10 epochs.
    public var auxiliaryWarmUpSteps = 0

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case sign
        case priorPower = "prior_power"
        case temperatureScale = "temperature_scale"
        case temperatureOffset = "temperature_offset"
        case auxiliaryWarmUpSteps = "auxiliary_warm_up_steps"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.priorPower, priorPower, atLeast: 0)
        try require(CodingKeys.temperatureScale, temperatureScale, atLeast: 0)
        try require(CodingKeys.temperatureOffset, temperatureOffset, atLeast: 0)
        try require(CodingKeys.auxiliaryWarmUpSteps, auxiliaryWarmUpSteps, in: 0...1_000_000_000)
    }

    package var requirements: MethodRequirements {
        var requirements = MethodRequirements()
        requirements.usesAuxiliaryHead = true
        return requirements
    }

    package func makeRebalancer(at site: MethodSite) throws -> any Rebalancer {
        try TransferAndShare(self, at: site)
    }
}
