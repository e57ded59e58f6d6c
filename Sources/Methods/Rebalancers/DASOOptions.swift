/// What can be chosen of ``DASO``. The defaults are the paper's for CIFAR-10-LT with equal imbalance of labelled and
/// unlabelled images.
public struct DASOOptions: RebalancerPart {
    /// The name in recipes.
    public static let name = "daso"
    package static let bases: Set<String> = ["mean-teacher", "mixmatch", "remixmatch", "fixmatch"]
    package static let companions: Set<String> = ["abc"]

    /// How much the semantic pseudo-label counts in the blend.
    public enum Blend: String, Hashable, Sendable, Codable {
        /// The more, the more often the class has been predicted (equation 3).
        case distribution
        /// The same for all classes: the paper's ablation.
        case constant
    }

    /// λ_align: the weight of the semantic alignment loss; 0 for none.
    public var alignmentWeight = 1.0
    /// P: prototypes are used from this step on; until then the method is FixMatch and only fills the queues.
    public var warmUpSteps = 5000
    /// L: the most features that each class's queue holds.
    public var queueCapacity = 256
    /// T_proto: the temperature of similarities to prototypes.
    public var prototypeTemperature = 0.05
    /// T_dist: the smaller, the less the semantic pseudo-label counts for rarely predicted classes. The paper takes 1.5
    /// for CIFAR-10-LT where labelled and unlabelled images are equally imbalanced, otherwise 0.3; 0.5 for Semi-Aves.
    public var distributionTemperature = 1.5
    /// The distribution of pseudo-labels is taken anew after every so many steps.
    public var distributionUpdatePeriod = 100
    /// How the two pseudo-labels are blended.
    public var blend = Blend.distribution
    /// The weight of the semantic pseudo-label where `blend` is constant.
    public var blendConstant = 0.5

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case alignmentWeight = "alignment_weight"
        case warmUpSteps = "warm_up_steps"
        case queueCapacity = "queue_capacity"
        case prototypeTemperature = "prototype_temperature"
        case distributionTemperature = "distribution_temperature"
        case distributionUpdatePeriod = "distribution_update_period"
        case blend
        case blendConstant = "blend_constant"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.alignmentWeight, alignmentWeight, atLeast: 0)
        try require(CodingKeys.warmUpSteps, warmUpSteps, in: 0...1_000_000_000)
        try require(CodingKeys.queueCapacity, queueCapacity, in: 1...1_000_000)
        try require(positive: CodingKeys.prototypeTemperature, prototypeTemperature)
        try require(positive: CodingKeys.distributionTemperature, distributionTemperature)
        // Pending counts are floats on the device: they are exact up to 2²⁴.
        try require(CodingKeys.distributionUpdatePeriod, distributionUpdatePeriod, in: 1...10_000)
        try require(fraction: CodingKeys.blendConstant, blendConstant)
    }

    package var requirements: MethodRequirements {
        var requirements = MethodRequirements()
        requirements.usesTeacherFeatures = true
        return requirements
    }

    package func makeRebalancer(at site: MethodSite) throws -> any Rebalancer { try DASO(self, at: site) }
}
