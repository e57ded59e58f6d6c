/// What can be chosen of ``BalancedMemoryBank``. The defaults are the authors' for CIFAR-10-LT with imbalance 100.
public struct BalancedMemoryBankOptions: RebalancerPart {
    /// The name in recipes.
    public static let name = "bmb"
    package static let bases: Set<String> = ["fixmatch"]

    /// The power of the class weights of the second head's losses.
    public var weightPower = 1.5
    /// What the second head's unlabelled loss counts: the base's weight, 2 for small ImageNet127.
    public var auxiliaryUnsupervisedWeight = 1.0
    /// What the loss on the bank's features counts.
    public var memoryWeight = 1.0
    /// The most features that the bank holds.
    public var bankCapacity = 256
    /// How many features are drawn in a step.
    public var drawCount = 128
    /// The power by which frequent classes are kept from entering, and leave.
    public var putPower = 3.0
    /// The power by which features of rarely predicted classes are drawn more often.
    public var drawPower = 1.0
    /// Counts are taken for at least this. A class of which the bank has nothing thereby keeps almost all others out.
    public var countFloor = 0.001
    /// Until this epoch only the labelled losses count; the bank is filled meanwhile.
    public var warmUpEpochs = 0
    /// Whether the bank is emptied when the warm-up ends.
    public var refreshAfterWarmUp = false
    /// Whether class weights come into force gradually, over ``epochs``.
    public var anneal = false
    /// E: all epochs.
    public var epochs = 500
    /// Steps of one epoch.
    public var iterationsPerEpoch = 500

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case weightPower = "weight_power"
        case auxiliaryUnsupervisedWeight = "auxiliary_unsupervised_weight"
        case memoryWeight = "memory_weight"
        case bankCapacity = "bank_capacity"
        case drawCount = "draw_count"
        case putPower = "put_power"
        case drawPower = "draw_power"
        case countFloor = "count_floor"
        case warmUpEpochs = "warm_up_epochs"
        case refreshAfterWarmUp = "refresh_after_warm_up"
        case anneal
        case epochs
        case iterationsPerEpoch = "iterations_per_epoch"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.weightPower, weightPower, atLeast: 0)
        try require(CodingKeys.auxiliaryUnsupervisedWeight, auxiliaryUnsupervisedWeight, atLeast: 0)
        try require(CodingKeys.memoryWeight, memoryWeight, atLeast: 0)
        try require(CodingKeys.bankCapacity, bankCapacity, in: 1...1_000_000)
        try require(CodingKeys.drawCount, drawCount, in: 1...1_000_000)
        try require(CodingKeys.putPower, putPower, atLeast: 0)
        try require(CodingKeys.drawPower, drawPower, atLeast: 0)
        try require(positive: CodingKeys.countFloor, countFloor)
        try require(CodingKeys.warmUpEpochs, warmUpEpochs, in: 0...1_000_000)
        try require(CodingKeys.epochs, epochs, in: 1...1_000_000)
        try require(CodingKeys.iterationsPerEpoch, iterationsPerEpoch, in: 1...1_000_000_000)
    }

    package var requirements: MethodRequirements {
        var requirements = MethodRequirements()
        requirements.usesAuxiliaryHead = true
        requirements.strongViews = 2
        return requirements
    }

    package func makeRebalancer(at site: MethodSite) throws -> any Rebalancer {
        try BalancedMemoryBank(self, at: site)
    }
}
