import Tensors

/// Batches of two random views of each image, without labels: for self-supervised learning.
public struct TwoViewBatchProducer: BatchProducer {
    private let dataset: ImageDataset
    private let members: [Int]
    private let augmentation: ContrastiveAugmentation
    private let normalization: ImageNormalization
    private let seed: UInt64
    private var sampler: BatchSampler

    /// - Parameters:
    ///   - members: indices of the images to learn from.
    ///   - batchSize: B: images of a batch, each in two views.
    /// - Throws: `DatasetError.invalid` if there are no such images, the batch is empty, or the normalization is for
    ///   another number of channels.
    public init(
        dataset: ImageDataset, members: [Int], batchSize: Int, augmentation: ContrastiveAugmentation,
        normalization: ImageNormalization, seed: UInt64
    ) throws {
        guard !members.isEmpty, members.allSatisfy(dataset.labels.indices.contains), batchSize > 0 else {
            throw DatasetError.invalid(
                "batches of \(batchSize) out of \(members.count) images of \(dataset.name) cannot be made")
        }
        guard normalization.channels == dataset.channels else {
            throw DatasetError.invalid(
                "\(dataset.name) has \(dataset.channels) channels, the normalization \(normalization.channels)")
        }
        self.dataset = dataset
        self.members = members
        self.augmentation = augmentation
        self.normalization = normalization
        self.seed = seed
        sampler = BatchSampler(count: members.count, batchSize: batchSize, seed: seed, purpose: .unlabelledOrder)
    }

    /// `[2B, H, W, C]`: the first views, then the second ones in the same order. There are no labels.
    public mutating func batch(at step: Int) throws -> TrainingBatch {
        let stepOfStream = try stepOfStream(step)
        let indices = sampler.batch(at: step)
        let views = [RandomStream.Purpose.weakAugmentation, .secondWeakAugmentation].flatMap { purpose in
            indices.enumerated().map { sample, index in
                var generator = PhiloxGenerator(
                    RandomStream(
                        seed: seed, purpose: purpose, step: stepOfStream, sample: UInt32(truncatingIfNeeded: sample)))
                return augmentation.view(of: dataset.image(at: members[index]), drawingFrom: &generator)
            }
        }
        return TrainingBatch(
            step: step, images: normalization.normalized(views), labels: [], balancedLabels: [], hiddenLabels: [],
            labelledIndices: [],
            unlabelledIndices: [], isLabelledCopy: [])
    }
}
