/// What can be chosen of ``AdaptiveConsistency``. The defaults are those of the authors' code.
public struct AdaptiveConsistencyOptions: RebalancerPart {
    /// The name in recipes.
    public static let name = "acr"
    package static let bases: Set<String> = ["fixmatch"]

    /// τ of the first head's pseudo-labels until the estimate gives another.
    public var initialTau = 2.0
    /// The least that τ can become, if the estimate is far from both other distributions.
    public var tauMinimum = 0.0
    /// The most.
    public var tauMaximum = 2.0
    /// τ of the second head's pseudo-labels.
    public var fixedTau = 2.0
    /// τ of the second head's labelled loss.
    public var balancedTrainingTau = 2.0
    /// ε in `log(π^τ + ε)`.
    public var logEpsilon = 1e-12
    /// d: how much of the estimate stays in each step; 0.9 or 0.99 in the code, by data set.
    public var distributionDecay = 0.9
    /// The estimate begins after this 0-based epoch.
    public var estimateAfterEpoch = 5
    /// Steps of one epoch.
    public var iterationsPerEpoch = 500

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case initialTau = "initial_tau"
        case tauMinimum = "tau_minimum"
        case tauMaximum = "tau_maximum"
        case fixedTau = "fixed_tau"
        case balancedTrainingTau = "balanced_training_tau"
        case logEpsilon = "log_epsilon"
        case distributionDecay = "distribution_decay"
        case estimateAfterEpoch = "estimate_after_epoch"
        case iterationsPerEpoch = "iterations_per_epoch"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.initialTau, initialTau, atLeast: 0)
        try require(CodingKeys.tauMinimum, tauMinimum, atLeast: 0)
        try require(CodingKeys.tauMaximum, tauMaximum, atLeast: tauMinimum)
        try require(CodingKeys.fixedTau, fixedTau, atLeast: 0)
        try require(CodingKeys.balancedTrainingTau, balancedTrainingTau, atLeast: 0)
        try require(positive: CodingKeys.logEpsilon, logEpsilon)
        try require(fraction: CodingKeys.distributionDecay, distributionDecay)
        try require(CodingKeys.estimateAfterEpoch, estimateAfterEpoch, in: 0...1_000_000)
        try require(CodingKeys.iterationsPerEpoch, iterationsPerEpoch, in: 1...1_000_000_000)
    }

    package var requirements: MethodRequirements {
        var requirements = MethodRequirements()
        requirements.usesAuxiliaryHead = true
        requirements.strongViews = 2
        return requirements
    }

    package func makeRebalancer(at site: MethodSite) throws -> any Rebalancer {
        try AdaptiveConsistency(self, at: site)
    }
}
