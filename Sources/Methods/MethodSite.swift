import Tensors

/// Where a method is to work: what it must know before its first step.
public struct MethodSite {
    /// The labelled images' class counts.
    public var prior: ClassPrior
    /// D: columns of the network's features.
    public var featureWidth: Int
    /// T: how many steps the run takes.
    public var totalSteps: Int
    /// Where it computes.
    public var backend: any Backend

    /// A place to work.
    public init(prior: ClassPrior, featureWidth: Int, totalSteps: Int, backend: any Backend) {
        self.prior = prior
        self.featureWidth = featureWidth
        self.totalSteps = totalSteps
        self.backend = backend
    }
}
