import NeuralNetworks
import Tensors

/// DebiasPL: pseudo-labels are taken from logits less what the classifier predicts on average, and the strong views must
/// win by a margin where it predicts much.
///
/// Source: Wang, Wu, Lian, Yu, "Debiased learning from naturally imbalanced pseudo-labels", CVPR 2022, equations 5 and 8;
/// the order of a step as in USB (github.com/microsoft/Semi-supervised-learning), where the strong views see the estimate
/// of before the step and the weak views that of after it.
///
/// All of it stays on the device.
package final class DebiasPL: Rebalancer {
    private let options: DebiasPLOptions
    private let backend: any Backend
    /// p̂.
    private let distribution: RunningDistribution
    /// `τ log p̂` of before the step.
    private var margin: Variable?

    init(_ options: DebiasPLOptions, at site: MethodSite) throws {
        self.options = options
        backend = site.backend
        distribution = try RunningDistribution(classes: site.prior.classes, start: .uniform, on: backend)
    }

    package func begin(_ step: MethodStep) throws {
        margin = step.tape.constant(try bias())
    }

    /// The estimate moves on; `f − τ log p̂` with the new one.
    package func weakLogits(_ logits: Tensor, _ step: MethodStep) throws -> Tensor {
        switch options.estimate {
        case .perClass: try distribution.update(with: backend.softmax(logits), decay: options.decay)
        case .scalar: try distribution.updateAsIfUniform(keeping: options.scalarDecay, adding: 1 - options.decay)
        }
        return try backend.binary(.subtract, logits, try bias())
    }

    /// `f + τ log p̂` with the estimate of before the step.
    package func strongLogits(_ logits: Variable, _ step: MethodStep) throws -> Variable {
        try margin.map { try step.tape.addBias(logits, $0) } ?? logits
    }

    /// `τ log p̂`, `[K]`.
    private func bias() throws -> Tensor {
        try backend.affine(try distribution.logarithms(), scale: Float(options.tau), shift: 0)
    }

    /// `distribution`: p̂ after the step.
    package func observations() throws -> [String: Tensor] { ["distribution": distribution.shares] }

    /// The estimate.
    package func state() throws -> [String: HostTensor] { try distribution.state() }

    /// Puts back what ``state()`` gave.
    package func restore(_ reader: inout StateReader) throws { try distribution.restore(&reader) }
}

/// What can be chosen of ``DebiasPL``. The defaults are USB's, but for the estimate.
public struct DebiasPLOptions: RebalancerPart {
    /// The name in recipes.
    public static let name = "debiaspl"
    package static let bases: Set<String> = ["fixmatch"]

    /// What the running estimate p̂ averages.
    public enum Estimate: String, Hashable, Sendable, Codable {
        /// Each class's mean probability, as in the paper.
        case perClass = "per_class"
        /// The mean of all probabilities, which is 1/K whatever is predicted: as USB has it, where nothing is debiased.
        case scalar
    }

    /// τ: how much is taken off weak views and added to strong ones.
    public var tau = 0.4
    /// How much of the estimate is kept at each step.
    public var decay = 0.999
    /// What the estimate is averaged over.
    public var estimate = Estimate.perClass
    /// With the scalar estimate: how much of it is kept instead of `decay`, new values still counting `1 − decay`.
    public var scalarDecay = 0.999

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case tau
        case decay
        case estimate
        case scalarDecay = "scalar_decay"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.tau, tau, atLeast: 0)
        try require(fraction: CodingKeys.decay, decay)
        try require(fraction: CodingKeys.scalarDecay, scalarDecay)
    }

    package func makeRebalancer(at site: MethodSite) throws -> any Rebalancer { try DebiasPL(self, at: site) }
}
