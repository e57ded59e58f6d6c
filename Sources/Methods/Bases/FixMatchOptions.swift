/// What can be chosen of ``FixMatch``. The defaults are the paper's.
public struct FixMatchOptions: BasePart {
    /// The name in recipes.
    public static let name = "fixmatch"
    /// A pseudo-label is used where its probability reaches this.
    public var confidenceThreshold = 0.95
    /// λᵤ: the weight of the unlabelled images' loss.
    public var unsupervisedWeight = 1.0

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case confidenceThreshold = "confidence_threshold"
        case unsupervisedWeight = "unsupervised_weight"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(fraction: CodingKeys.confidenceThreshold, confidenceThreshold)
        try require(CodingKeys.unsupervisedWeight, unsupervisedWeight, atLeast: 0)
    }

    package var requirements: MethodRequirements { .weakAndStrong }

    package func makeBase(at site: MethodSite) throws -> any BaseMethod { FixMatch(self) }
}
