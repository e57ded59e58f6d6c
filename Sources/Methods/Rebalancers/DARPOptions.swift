/// What can be chosen of ``DARP``. The defaults are those of the authors' code for CIFAR-10-LT.
public struct DARPOptions: RebalancerPart {
    /// The name in recipes.
    public static let name = "darp"
    package static let bases: Set<String> = ["fixmatch"]

    /// What the unlabelled images' distribution is taken for.
    public enum AssumedDistribution: String, Hashable, Sendable, Codable {
        /// As the labelled ones.
        case labelled
        /// As many of each class.
        case uniform
        /// As the labelled ones in the opposite order of classes.
        case reversed
        /// As the network's predictions tell, compared with those of validation images of known classes; as the labelled
        /// ones until they tell anything.
        case estimated
    }

    /// What the unlabelled images' distribution is taken for.
    public var assumedDistribution = AssumedDistribution.labelled
    /// Refined pseudo-labels are used from this step on; until then the method only collects predictions.
    public var warmUpSteps = 100_000
    /// All pseudo-labels are refined at every so many steps.
    public var refinePeriod = 10
    /// α: how many of the largest probabilities of a class are kept, as a multiple of its number of images.
    public var keepFactor = 2.0
    /// How often all classes' equations are solved in one refinement.
    public var outerIterations = 10
    /// The most steps of solving one equation.
    public var newtonIterations = 30
    /// How exactly an equation is solved. The authors take 0.1 for CIFAR-10, 0.3 for CIFAR-100 and STL-10.
    public var tolerance = 0.1
    /// Where the distribution is estimated: after every so many steps, until the warm-up is over.
    public var estimatePeriod = 5_000
    /// An estimate counts if the condition number of the matrix of mean predictions is below this.
    public var maximumCondition = 100.0
    /// An estimate counts if no class's share is below this, which may be below 0; such shares are then taken for 0.
    public var smallestShare = 0.0

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case assumedDistribution = "assumed_distribution"
        case warmUpSteps = "warm_up_steps"
        case refinePeriod = "refine_period"
        case keepFactor = "keep_factor"
        case outerIterations = "outer_iterations"
        case newtonIterations = "newton_iterations"
        case tolerance
        case estimatePeriod = "estimate_period"
        case maximumCondition = "maximum_condition"
        case smallestShare = "smallest_share"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.warmUpSteps, warmUpSteps, in: 0...1_000_000_000)
        try require(CodingKeys.refinePeriod, refinePeriod, in: 1...1_000_000_000)
        try require(positive: CodingKeys.keepFactor, keepFactor)
        try require(CodingKeys.outerIterations, outerIterations, in: 1...10_000)
        try require(CodingKeys.newtonIterations, newtonIterations, in: 1...10_000)
        try require(CodingKeys.tolerance, tolerance, atLeast: 0)
        try require(CodingKeys.estimatePeriod, estimatePeriod, in: 1...1_000_000_000)
        try require(CodingKeys.maximumCondition, maximumCondition, atLeast: 1)
        guard (-1...0).contains(smallestShare) else {
            throw MethodError.invalidOption(
                name: CodingKeys.smallestShare.stringValue, problem: "is \(smallestShare); it must be from -1 to 0")
        }
        guard assumedDistribution != .estimated || estimatePeriod <= warmUpSteps else {
            throw MethodError.invalidOption(
                name: CodingKeys.estimatePeriod.stringValue,
                problem:
                    "is \(estimatePeriod), so that nothing would be estimated in the \(warmUpSteps) warm_up_steps; "
                    + "it must be no larger than these")
        }
    }

    package var requirements: MethodRequirements {
        var requirements = MethodRequirements()
        if assumedDistribution == .estimated {
            requirements.meanPredictions = MeanPredictionSchedule(period: estimatePeriod, end: warmUpSteps)
        }
        return requirements
    }

    package func makeRebalancer(at site: MethodSite) throws -> any Rebalancer {
        let shares =
            switch assumedDistribution {
            case .labelled, .estimated: site.prior.tempered(by: 1)
            case .uniform: site.prior.tempered(by: 0)
            case .reversed: Array(site.prior.tempered(by: 1).reversed())
            }
        return try DARP(
            self, targetCounts: shares.map { $0 * Double(site.unlabelledCount) }, samples: site.unlabelledCount,
            on: site.backend)
    }
}
