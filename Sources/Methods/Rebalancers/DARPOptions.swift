/// What can be chosen of ``DARP``. The defaults are those of the authors' code for CIFAR-10-LT.
public struct DARPOptions: RebalancerPart {
    /// The name in recipes.
    public static let name = "darp"
    package static let bases: Set<String> = ["fixmatch"]

    /// How the unlabelled images are assumed to be distributed.
    public enum AssumedDistribution: String, Hashable, Sendable, Codable {
        /// As the labelled ones.
        case labelled
        /// As many of each class.
        case uniform
        /// As the labelled ones in the opposite order of classes.
        case reversed
    }

    /// How the unlabelled images are assumed to be distributed.
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
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.warmUpSteps, warmUpSteps, in: 0...1_000_000_000)
        try require(CodingKeys.refinePeriod, refinePeriod, in: 1...1_000_000_000)
        try require(positive: CodingKeys.keepFactor, keepFactor)
        try require(CodingKeys.outerIterations, outerIterations, in: 1...10_000)
        try require(CodingKeys.newtonIterations, newtonIterations, in: 1...10_000)
        try require(CodingKeys.tolerance, tolerance, atLeast: 0)
    }

    package func makeRebalancer(at site: MethodSite) throws -> any Rebalancer {
        let shares =
            switch assumedDistribution {
            case .labelled: site.prior.tempered(by: 1)
            case .uniform: site.prior.tempered(by: 0)
            case .reversed: Array(site.prior.tempered(by: 1).reversed())
            }
        return try DARP(
            self, targetCounts: shares.map { $0 * Double(site.unlabelledCount) }, samples: site.unlabelledCount,
            on: site.backend)
    }
}
