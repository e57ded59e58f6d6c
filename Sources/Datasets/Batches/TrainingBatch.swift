/// The host's part of one training step: images augmented and normalised, ready to be written to a device.
public struct TrainingBatch: Sendable {
    /// The 0-based step that it is for.
    public let step: Int
    /// `[B + 2·Bu, H, W, C]`: the labelled images' weak views, then the unlabelled images' weak views, then the same
    /// images' strong views. Only the first B where nothing unlabelled is used.
    public let images: [Float]
    /// The classes of the labelled images, B of them.
    public let labels: [Int32]
    /// The hidden classes of the unlabelled images, Bu of them: for monitoring, never for learning.
    public let hiddenLabels: [Int32]

    /// One step's batch.
    public init(step: Int, images: [Float], labels: [Int32], hiddenLabels: [Int32]) {
        self.step = step
        self.images = images
        self.labels = labels
        self.hiddenLabels = hiddenLabels
    }
}
