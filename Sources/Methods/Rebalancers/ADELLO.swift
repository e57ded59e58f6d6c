import Foundation
import NeuralNetworks
import Tensors

/// Flexible distribution alignment: the classifier is trained towards a prior that moves from the estimated distribution
/// of the unlabelled images to a balanced one; and images whose pseudo-labels are not confident enough to be used are
/// distilled softly (complementary consistency).
///
/// Source: Sanchez Aimar, Helgesen, Xu, Kuhlmann, Felsberg, "Flexible distribution alignment: towards long-tailed
/// semi-supervised learning with proper calibration" (ADELLO), ECCV 2024; the order of a step as in the authors' code
/// (github.com/emasa/ADELLO-LTSSL). The labelled images are to be among the unlabelled ones as well:
/// `data.labelled_in_unlabelled`.
///
/// All of it stays on the device.
package final class ADELLO: Rebalancer {
    private let options: ADELLOOptions
    private let totalSteps: Int
    private let backend: any Backend
    private let zeroLoss: Tensor
    /// π, `[K]`.
    private let prior: Tensor
    /// Q.
    private let distribution: RunningDistribution
    /// T_d, `[1]`: 1 until it is fixed.
    private var temperature: Tensor
    private var isTemperatureFixed = false
    private var alignment: FlexibleAlignment?

    init(_ options: ADELLOOptions, at site: MethodSite) throws {
        self.options = options
        totalSteps = site.totalSteps
        backend = site.backend
        zeroLoss = try backend.tensor(repeating: 0, [1])
        prior = try site.prior.tempered(by: 1, on: backend)
        distribution = try RunningDistribution(classes: site.prior.classes, start: .uniform, on: backend)
        temperature = try backend.tensor(repeating: 1, [1])
    }

    /// `Q_α = Q^α / Σ Q^α` is the target prior of this step, with the estimate Q of before it.
    package func begin(_ step: MethodStep) throws {
        let progress = Double(step.index) / Double(totalSteps)
        let alpha = try backend.tensor(
            repeating: Float(
                FlexibleAlignment.alpha(
                    progress: progress, minimum: options.alphaMin, power: options.alphaPower)), [1])
        let powers = try backend.binary(.power, distribution.shares, alpha)
        let target = try backend.binary(.divide, powers, try backend.sum(powers, scale: 1))
        alignment = try FlexibleAlignment(
            alpha: alpha, target: target, prior: prior, estimate: distribution.shares, epsilon: options.epsilon,
            on: step.tape)
    }

    /// `f + log(π / Q_α)`.
    package func labelledLogits(_ logits: Variable, _ step: MethodStep) throws -> Variable {
        try alignment?.labelledLogits(logits, on: step.tape) ?? logits
    }

    /// `f + log(Q / Q_α)`.
    package func strongLogits(_ logits: Variable, _ step: MethodStep) throws -> Variable {
        try alignment?.strongLogits(logits, on: step.tape) ?? logits
    }

    /// Term: `complementary`, the soft cross entropy at temperature T_d of the images that the base does not use; 0 before
    /// distillation starts. The estimate Q moves on first, since T_d is taken from the new one.
    package func losses(_ pseudo: PseudoLabels, _ step: MethodStep) throws -> [LossTerm] {
        try distribution.update(
            with: pseudo.probabilities, decay: options.distributionDecay,
            leavingOut: options.labelledMask ? step.inputs.isLabelledCopy : [])
        guard step.index >= options.distillationStart else {
            return [LossTerm("complementary", step.tape.constant(zeroLoss))]
        }
        if !isTemperatureFixed {
            if options.temperature == .kl { temperature = try divergenceFromUniform() }
            isTemperatureFixed = true
        }
        return [LossTerm("complementary", try complementaryLoss(pseudo, step))]
    }

    /// `mean_b (1 − M_b) H(r_b, softmax(g_b / T_d))` with g the shifted logits of the strong view and
    /// `r = p^(1/T_d) / Σ p^(1/T_d)`, which is the softmax of the weak view's logits over T_d.
    private func complementaryLoss(_ pseudo: PseudoLabels, _ step: MethodStep) throws -> Variable {
        let (weak, strong) = try step.inputs.unlabelledViews()
        let unused = try backend.affine(pseudo.weights, scale: -1, shift: 1)
        let targets = try backend.softmax(try backend.binary(.divide, weak.logits.value, temperature))
        let losses = try strong.map { view in
            let logits = try step.tape.divide(
                try strongLogits(view.logits, step), step.tape.constant(temperature))
            return (1 / Float(strong.count), try step.tape.crossEntropy(logits, targets: targets, weights: unused))
        }
        return try step.tape.weightedSum(losses)
    }

    /// `exp(KL(uniform ‖ Q)) = exp(−(1/K) Σ log Q_k − log K)`, `[1]`.
    private func divergenceFromUniform() throws -> Tensor {
        let classes = Float(distribution.shares.count)
        let mean = try backend.sum(try distribution.logarithms(), scale: -1 / classes)
        return try backend.unary(
            .exponential, try backend.affine(mean, scale: 1, shift: -log(classes)))
    }

    /// `alpha` `[1]`, `target_distribution` Q_α, and `distribution`, the estimate Q after the step.
    package func observations() throws -> [String: Tensor] {
        ["distribution": distribution.shares].merging(alignment?.observations ?? [:]) { first, _ in first }
    }

    /// The estimate, the temperature, and whether it is fixed.
    package func state() throws -> [String: HostTensor] {
        var state = try distribution.state()
        state["temperature"] = try backend.read(temperature)
        state["temperature_is_fixed"] = try HostTensor([isTemperatureFixed ? 1 : 0] as [Int32], shape: [1])
        return state
    }

    /// Puts back what ``state()`` gave.
    package func restore(_ reader: inout StateReader) throws {
        try distribution.restore(&reader)
        let temperature = try reader.take("temperature", [1], .float32)
        let isFixed = try reader.take("temperature_is_fixed", [1], .int32).integers()
        guard temperature.floats.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            throw MethodError.invalidState(name: "temperature", problem: "is not above 0")
        }
        self.temperature = try backend.tensor(temperature)
        isTemperatureFixed = isFixed != [0]
    }
}
