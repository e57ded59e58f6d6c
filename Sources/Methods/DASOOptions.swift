/// What can be chosen of ``DASO``. The defaults are the paper's for CIFAR-10-LT with equal imbalance of labelled and
/// unlabelled images.
public struct DASOOptions: Hashable, Sendable, Codable {
    /// How much the semantic pseudo-label counts in the blend.
    public enum Blend: String, Hashable, Sendable, Codable {
        /// The more, the more often the class has been predicted (equation 3).
        case distribution
        /// The same for all classes: the paper's ablation.
        case constant
    }

    /// A pseudo-label is used where its probability reaches this.
    public var confidenceThreshold = 0.95
    /// λᵤ: the weight of the unlabelled images' loss.
    public var unsupervisedWeight = 1.0
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
    /// τ of logit adjustment on the labelled images; 0 for none.
    public var logitAdjustmentTau = 0.0
    /// Whether a second, balanced head is trained (DASO with ABC), which then predicts.
    public var auxiliaryHead = false
    /// Whether the second head's pseudo-labels are blended with the semantic ones too.
    public var auxiliaryBlend = true
    /// E: over so many epochs the second head's unlabelled loss moves from all images to balanced ones.
    public var epochs = 500
    /// Steps of one such epoch.
    public var iterationsPerEpoch = 500

    /// The defaults.
    public init() {}

    /// Takes what is given, and the defaults for the rest.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try values.assign(.confidenceThreshold, to: &confidenceThreshold)
        try values.assign(.unsupervisedWeight, to: &unsupervisedWeight)
        try values.assign(.alignmentWeight, to: &alignmentWeight)
        try values.assign(.warmUpSteps, to: &warmUpSteps)
        try values.assign(.queueCapacity, to: &queueCapacity)
        try values.assign(.prototypeTemperature, to: &prototypeTemperature)
        try values.assign(.distributionTemperature, to: &distributionTemperature)
        try values.assign(.distributionUpdatePeriod, to: &distributionUpdatePeriod)
        try values.assign(.blend, to: &blend)
        try values.assign(.blendConstant, to: &blendConstant)
        try values.assign(.logitAdjustmentTau, to: &logitAdjustmentTau)
        try values.assign(.auxiliaryHead, to: &auxiliaryHead)
        try values.assign(.auxiliaryBlend, to: &auxiliaryBlend)
        try values.assign(.epochs, to: &epochs)
        try values.assign(.iterationsPerEpoch, to: &iterationsPerEpoch)
    }

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case confidenceThreshold = "confidence_threshold"
        case unsupervisedWeight = "unsupervised_weight"
        case alignmentWeight = "alignment_weight"
        case warmUpSteps = "warm_up_steps"
        case queueCapacity = "queue_capacity"
        case prototypeTemperature = "prototype_temperature"
        case distributionTemperature = "distribution_temperature"
        case distributionUpdatePeriod = "distribution_update_period"
        case blend
        case blendConstant = "blend_constant"
        case logitAdjustmentTau = "logit_adjustment_tau"
        case auxiliaryHead = "auxiliary_head"
        case auxiliaryBlend = "auxiliary_blend"
        case epochs
        case iterationsPerEpoch = "iterations_per_epoch"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(fraction: CodingKeys.confidenceThreshold, confidenceThreshold)
        try require(CodingKeys.unsupervisedWeight, unsupervisedWeight, atLeast: 0)
        try require(CodingKeys.alignmentWeight, alignmentWeight, atLeast: 0)
        try require(CodingKeys.warmUpSteps, warmUpSteps, in: 0...1_000_000_000)
        try require(CodingKeys.queueCapacity, queueCapacity, in: 1...1_000_000)
        try require(positive: CodingKeys.prototypeTemperature, prototypeTemperature)
        try require(positive: CodingKeys.distributionTemperature, distributionTemperature)
        // Pending counts are floats on the device: they are exact up to 2²⁴.
        try require(CodingKeys.distributionUpdatePeriod, distributionUpdatePeriod, in: 1...10_000)
        try require(fraction: CodingKeys.blendConstant, blendConstant)
        try require(CodingKeys.logitAdjustmentTau, logitAdjustmentTau, atLeast: 0)
        try require(CodingKeys.epochs, epochs, in: 1...1_000_000)
        try require(CodingKeys.iterationsPerEpoch, iterationsPerEpoch, in: 1...1_000_000_000)
    }
}
