import Tensors

/// Where a method is to work: what it must know before its first step.
public struct MethodSite {
    /// The labelled images' class counts, those with pseudo-labels among them.
    public var prior: ClassPrior
    /// How many unlabelled images there are.
    public var unlabelledCount: Int
    /// D: columns of the network's features.
    public var featureWidth: Int
    /// T: how many steps the run takes.
    public var totalSteps: Int
    /// Which of several networks it trains.
    public var generation: Generation
    /// Where it computes.
    public var backend: any Backend

    /// A place to work.
    ///
    /// - Parameter generation: nil for the only one.
    public init(
        prior: ClassPrior, unlabelledCount: Int, featureWidth: Int, totalSteps: Int, generation: Generation? = nil,
        backend: any Backend
    ) {
        self.prior = prior
        self.unlabelledCount = unlabelledCount
        self.featureWidth = featureWidth
        self.totalSteps = totalSteps
        self.generation = generation ?? Generation(index: 0, of: 1, initialPrior: prior)
        self.backend = backend
    }
}
