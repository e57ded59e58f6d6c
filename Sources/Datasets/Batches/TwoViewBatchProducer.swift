import Tensors

/// Batches of two random views of each image, without labels: for self-supervised learning.
public struct TwoViewBatchProducer: BatchProducer {
    private let dataset: ImageDataset
    private let members: [Int]
    private let augmentation: ContrastiveAugmentation
    /// Rows and columns of a view; nil for the images' own.
    private let viewSide: Int?
    private let seed: UInt64
    private var sampler: BatchSampler

    /// - Parameters:
    ///   - members: indices of the images to learn from.
    ///   - batchSize: B: images of a batch, each in two views.
    /// - Throws: `DatasetError.invalid` if there are no such images, or the batch is empty.
    public init(
        dataset: ImageDataset, members: [Int], batchSize: Int, augmentation: ContrastiveAugmentation,
        viewSide: Int? = nil, seed: UInt64
    ) throws {
        guard !members.isEmpty, members.allSatisfy(dataset.labels.indices.contains), batchSize > 0 else {
            throw DatasetError.invalid(
                "batches of \(batchSize) out of \(members.count) images of \(dataset.name) cannot be made")
        }
        self.dataset = dataset
        self.members = members
        self.augmentation = augmentation
        self.viewSide = viewSide
        self.seed = seed
        sampler = BatchSampler(count: members.count, batchSize: batchSize, seed: seed, purpose: .unlabelledOrder)
    }

    /// 2B views: the first ones, then the second ones in the same order. There are no labels.
    public mutating func batch(at step: Int) throws -> TrainingBatch {
        let stepOfStream = try stepOfStream(step)
        let images = sampler.batch(at: step).map { members[$0] }
        var views = try ImagePrograms(for: dataset, viewSide: viewSide)
        for purpose in [RandomStream.Purpose.weakAugmentation, .secondWeakAugmentation] {
            views.appendViews(of: images, seed: seed, purpose: purpose, step: stepOfStream) {
                augmentation.append(to: &$0, drawingFrom: &$1)
            }
        }
        return TrainingBatch(
            step: step, views: views, labels: [], balancedLabels: [], hiddenLabels: [], labelledIndices: [],
            unlabelledIndices: [], isLabelledCopy: [])
    }
}
