/// What can be chosen of ``Supervised``.
public struct SupervisedOptions: Hashable, Sendable, Codable {
    /// τ of logit adjustment; 0 for none.
    public var logitAdjustmentTau = 0.0

    /// The defaults.
    public init() {}

    /// Takes what is given, and the defaults for the rest.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try values.assign(.logitAdjustmentTau, to: &logitAdjustmentTau)
    }

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case logitAdjustmentTau = "logit_adjustment_tau"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.logitAdjustmentTau, logitAdjustmentTau, atLeast: 0)
    }
}
