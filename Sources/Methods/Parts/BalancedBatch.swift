import Tensors

/// What the moving-average teacher, in inference mode, makes of labelled images of which every class has equally many, and
/// of the step's unlabelled ones: what a head can learn on while the encoder stays as it is.
public struct BalancedBatch {
    /// `[N, D]`: of the strong views of the labelled images.
    public var features: Tensor
    /// Their classes, N.
    public var labels: [Int32]
    /// `[Bu, D]`: of the weak views of the unlabelled images.
    public var unlabelledFeatures: Tensor

    /// One step's batch.
    public init(features: Tensor, labels: [Int32], unlabelledFeatures: Tensor) {
        self.features = features
        self.labels = labels
        self.unlabelledFeatures = unlabelledFeatures
    }
}
