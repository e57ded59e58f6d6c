import Tensors

/// The host's part of one training step: what views a device is to make of which images, and their labels.
public struct TrainingBatch: Sendable {
    /// The 0-based step that it is for.
    public let step: Int
    /// `B + V·Bu` views: the labelled images' weak views, then the V views of the unlabelled images: weak, second weak,
    /// strong, second strong, those that are asked for. Only the first B where nothing unlabelled is used. At the end the
    /// strong views of the class-balanced batch, if there is one. For self-supervised learning 2B: first views, then second
    /// views; no labels then.
    public let views: ImagePrograms
    /// The labels of the labelled images, B of them; with label noise not always their classes.
    public let labels: [Int32]
    /// The labels of the class-balanced batch of labelled images; empty where none is asked for.
    public let balancedLabels: [Int32]
    /// The hidden classes of the unlabelled images, Bu of them: for monitoring, never for learning.
    public let hiddenLabels: [Int32]
    /// Which of the training set's labelled images they are, B positions.
    public let labelledIndices: [Int32]
    /// Which of the training set's unlabelled images they are, Bu positions.
    public let unlabelledIndices: [Int32]
    /// Which of the Bu are labelled images that are used as unlabelled ones too.
    public let isLabelledCopy: [Bool]
}
