/// What can be chosen of ``ADELLO``. The defaults are the paper's for CIFAR.
public struct ADELLOOptions: RebalancerPart {
    /// The name in recipes.
    public static let name = "adello"
    package static let bases: Set<String> = ["fixmatch"]

    /// T_d: the temperature of complementary consistency.
    public enum Temperature: String, Hashable, Sendable, Codable {
        /// `exp(KL(uniform ‖ Q))` with the estimate Q of when distillation starts, as the paper has it.
        case kl
        /// 1, as the authors' released configurations have it.
        case one = "1"

        /// Reads `kl`, `"1"`, or the number 1 without quotes.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let text = try (try? container.decode(Int.self)).map(String.init) ?? container.decode(String.self)
            guard let temperature = Self(rawValue: text) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "neither kl nor 1")
            }
            self = temperature
        }
    }

    /// α_min: the exponent of the estimated distribution at the end of the run; 0 would be wholly balanced.
    public var alphaMin = 0.1
    /// k: how α falls, `α = 1 − (1 − α_min) (t / T)^k`.
    public var alphaPower = 2.0
    /// d: how much of the estimated distribution is kept at each step.
    public var distributionDecay = 0.999
    /// Whether the labelled images among the unlabelled ones are left out of the estimate.
    public var labelledMask = false
    /// Complementary consistency begins at this step. The paper takes 50,000 for CIFAR, 0 for STL-10.
    public var distillationStart = 50_000
    /// T_d.
    public var temperature = Temperature.kl
    /// Added to shares inside logarithms.
    public var epsilon = 1e-9

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case alphaMin = "alpha_min"
        case alphaPower = "alpha_power"
        case distributionDecay = "distribution_decay"
        case labelledMask = "labelled_mask"
        case distillationStart = "distillation_start"
        case temperature
        case epsilon
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(fraction: CodingKeys.alphaMin, alphaMin)
        try require(positive: CodingKeys.alphaPower, alphaPower)
        try require(fraction: CodingKeys.distributionDecay, distributionDecay)
        try require(CodingKeys.distillationStart, distillationStart, in: 0...1_000_000_000)
        try require(positive: CodingKeys.epsilon, epsilon)
    }

    package func makeRebalancer(at site: MethodSite) throws -> any Rebalancer { try ADELLO(self, at: site) }
}
