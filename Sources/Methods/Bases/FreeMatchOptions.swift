/// What can be chosen of ``FreeMatch``. The defaults are those of USB for CIFAR.
public struct FreeMatchOptions: BasePart {
    /// The name in recipes.
    public static let name = "freematch"
    /// λᵤ: the weight of the unlabelled images' loss.
    public var unsupervisedWeight = 1.0
    /// The weight of the fairness loss.
    public var fairnessWeight = 0.01
    /// How much of the running means is kept at each step.
    public var decay = 0.999

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case unsupervisedWeight = "unsupervised_weight"
        case fairnessWeight = "fairness_weight"
        case decay = "statistics_decay"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.unsupervisedWeight, unsupervisedWeight, atLeast: 0)
        try require(CodingKeys.fairnessWeight, fairnessWeight, atLeast: 0)
        try require(fraction: CodingKeys.decay, decay)
    }

    package var requirements: MethodRequirements { .weakAndStrong }

    package func makeBase(at site: MethodSite) throws -> any BaseMethod { try FreeMatch(self, at: site) }
}
