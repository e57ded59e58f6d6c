/// What can be chosen of ``ReMixMatch``. The defaults are those of DASO's comparison; DASO itself aligns no distributions
/// there on CIFAR-10-LT and STL-10.
public struct ReMixMatchOptions: BasePart {
    /// The name in recipes.
    public static let name = "remixmatch"
    package static let usesLabelledLoss = false
    /// The weight of the mixed unlabelled images' loss in the long run.
    public var unsupervisedWeight = 1.5
    /// The weight, in the long run, of the loss of strong views that are not mixed.
    public var preMixupWeight = 0.5
    /// The weight of the rotation loss.
    public var rotationWeight = 0.5
    /// The part of the run over which the first two weights rise.
    public var rampFraction = 0.016
    /// T: labels are sharpened to their powers of 1/T.
    public var sharpeningTemperature = 0.5
    /// α of the Beta distribution that mixing weights are drawn from.
    public var mixingConcentration = 0.75
    /// Whether labels are aligned with the labelled images' distribution.
    public var distributionAlignment = true
    /// To which power that distribution is taken first.
    public var alignmentPower = 1.0
    /// ε: keeps the ratio of distributions finite.
    public var alignmentEpsilon = 1e-6
    /// Over how many steps predictions are averaged.
    public var alignmentQueue = 128

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case unsupervisedWeight = "unsupervised_weight"
        case preMixupWeight = "pre_mixup_weight"
        case rotationWeight = "rotation_weight"
        case rampFraction = "ramp_fraction"
        case sharpeningTemperature = "sharpening_temperature"
        case mixingConcentration = "mixing_concentration"
        case distributionAlignment = "distribution_alignment"
        case alignmentPower = "distribution_alignment_power"
        case alignmentEpsilon = "distribution_alignment_epsilon"
        case alignmentQueue = "distribution_alignment_steps"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.unsupervisedWeight, unsupervisedWeight, atLeast: 0)
        try require(CodingKeys.preMixupWeight, preMixupWeight, atLeast: 0)
        try require(CodingKeys.rotationWeight, rotationWeight, atLeast: 0)
        try require(fraction: CodingKeys.rampFraction, rampFraction)
        try require(positive: CodingKeys.sharpeningTemperature, sharpeningTemperature)
        try require(positive: CodingKeys.mixingConcentration, mixingConcentration)
        try require(CodingKeys.alignmentPower, alignmentPower, atLeast: 0)
        try require(positive: CodingKeys.alignmentEpsilon, alignmentEpsilon)
        try require(CodingKeys.alignmentQueue, alignmentQueue, in: 1...100_000)
    }

    package var requirements: MethodRequirements {
        var requirements = MethodRequirements()
        requirements.weakViews = 1
        requirements.strongViews = 2
        requirements.usesRotationHead = true
        requirements.mixing = MixingRequirements(concentration: mixingConcentration)
        requirements.unmixedViews = [.strong]
        return requirements
    }

    package func makeBase(at site: MethodSite) throws -> any BaseMethod { try ReMixMatch(self, at: site) }
}
