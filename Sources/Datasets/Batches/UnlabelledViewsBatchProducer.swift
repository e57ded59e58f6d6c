import Tensors

/// Another producer's batches with unlabelled images behind, each in a weak and in a strong view.
public struct UnlabelledViewsBatchProducer: BatchProducer {
    private var producer: any BatchProducer
    private let dataset: ImageDataset
    private let unlabelled: [Int]
    private let weak: WeakAugmentation
    private let strong: StrongAugmentation
    private let seed: UInt64
    private var sampler: BatchSampler

    /// - Parameters:
    ///   - producer: makes batches of labelled images.
    ///   - unlabelled: indices of the images that are added.
    ///   - batchSize: Bu: how many are added to a batch.
    /// - Throws: `DatasetError.invalid` if there are no such images, or none is to be added.
    public init(
        after producer: any BatchProducer, dataset: ImageDataset, unlabelled: [Int], batchSize: Int,
        augmentation: Augmentation, normalization: ImageNormalization, seed: UInt64
    ) throws {
        guard !unlabelled.isEmpty, unlabelled.allSatisfy(dataset.labels.indices.contains), batchSize > 0 else {
            throw DatasetError.invalid(
                "batches of \(batchSize) out of \(unlabelled.count) unlabelled images of \(dataset.name) cannot be made"
            )
        }
        self.producer = producer
        self.dataset = dataset
        self.unlabelled = unlabelled
        weak = augmentation.weak
        strong = augmentation.strong(normalization)
        self.seed = seed
        sampler = BatchSampler(count: unlabelled.count, batchSize: batchSize, seed: seed, purpose: .unlabelledOrder)
    }

    /// B views, then Bu weak ones, then Bu strong ones of the same images.
    public mutating func batch(at step: Int) throws -> TrainingBatch {
        let stepOfStream = try stepOfStream(step)
        let batch = try producer.batch(at: step)
        let indices = sampler.batch(at: step)
        let images = indices.map { unlabelled[$0] }
        var views = batch.views
        // The first weak views' streams are the labelled images'.
        views.appendViews(of: images, seed: seed, purpose: .secondWeakAugmentation, step: stepOfStream) {
            weak.append(to: &$0, drawingFrom: &$1)
        }
        views.appendViews(of: images, seed: seed, purpose: .strongAugmentation, step: stepOfStream) {
            strong.append(to: &$0, after: weak, drawingFrom: &$1)
        }
        return TrainingBatch(
            step: step, views: views, labels: batch.labels, balancedLabels: batch.balancedLabels,
            hiddenLabels: images.map { Int32(dataset.labels[$0]) }, labelledIndices: batch.labelledIndices,
            unlabelledIndices: indices.map(Int32.init), isLabelledCopy: images.map { _ in false })
    }
}
