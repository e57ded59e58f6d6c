import Tensors

/// CReST+ within one generation of self-training: pseudo-labels are aligned with the labelled images' distribution, which
/// becomes more balanced from generation to generation. What happens between generations is ``CReSTSelection``.
///
/// Source: Wei, Sohn, Mellina, Yuille, Yang, "CReST: a class-rebalancing self-training framework for imbalanced
/// semi-supervised learning", CVPR 2021, section 3.3; the running average as in USB
/// (github.com/microsoft/Semi-supervised-learning), where the paper averages the last 128 steps.
///
/// All of it stays on the device.
package final class CReST: Rebalancer {
    private let options: CReSTOptions
    private let backend: any Backend
    /// π^t of this generation, `[K]`, π being the first one's.
    private let target: Tensor
    private let distribution: RunningDistribution

    init(_ options: CReSTOptions, at site: MethodSite) throws {
        self.options = options
        backend = site.backend
        let generation = site.generation
        target = try generation.initialPrior.tempered(by: options.alignmentPower(in: generation), on: backend)
        distribution = try RunningDistribution(classes: site.prior.classes, start: .firstUpdate, on: backend)
    }

    /// `p · π^t / P`, rows divided by their sums, with the running average P that already knows this step.
    package func probabilities(_ probabilities: Tensor, _ step: MethodStep) throws -> Tensor {
        try distribution.update(with: probabilities, decay: options.decay)
        return try distribution.align(probabilities, with: target, epsilon: 1e-6)
    }

    /// `distribution`: the running average P after the step; `target_distribution`: π^t.
    package func observations() throws -> [String: Tensor] {
        ["distribution": distribution.shares, "target_distribution": target]
    }

    /// The running average.
    package func state() throws -> [String: HostTensor] { try distribution.state() }

    /// Puts back what ``state()`` gave.
    package func restore(_ reader: inout StateReader) throws { try distribution.restore(&reader) }
}

/// What can be chosen of ``CReST``. The defaults are the paper's.
public struct CReSTOptions: RebalancerPart {
    /// The name in recipes.
    public static let name = "crest-plus"
    package static let bases: Set<String> = ["fixmatch"]

    /// t_min: the exponent of the labelled images' distribution in the last generation; in the first it is 1.
    public var minimumPower = 0.5
    /// How much of the running average of predictions is kept at each step.
    public var decay = 0.999

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case minimumPower = "minimum_power"
        case decay
    }

    /// `(1 − g) + g · t_min` with g rising from 0 in the first generation to 1 in the last.
    func alignmentPower(in generation: Generation) -> Double {
        1 - generation.progress + generation.progress * minimumPower
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(fraction: CodingKeys.minimumPower, minimumPower)
        try require(fraction: CodingKeys.decay, decay)
    }

    package func makeRebalancer(at site: MethodSite) throws -> any Rebalancer { try CReST(self, at: site) }
}
