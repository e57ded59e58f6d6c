import Tensors

/// Batches of labelled images in weak views in which classes are equally frequent, whatever they are in the training set.
public struct ClassBalancedBatchProducer: BatchProducer {
    /// What a batch is made of.
    public enum Composition: Hashable, Sendable {
        /// So many images, of all classes in turn.
        case images(Int)
        /// So many classes with so many images each, both at least 2, class after class.
        case groups(classes: Int, imagesPerClass: Int)
    }

    private let dataset: ImageDataset
    private let trainingSet: TrainingSet
    /// The positions of a step's images among the labelled ones.
    private let positions: @Sendable (_ step: UInt32) -> [Int]
    private let augmentation: WeakAugmentation
    /// Rows and columns of a view; nil for the images' own.
    private let viewSide: Int?
    private let seed: UInt64

    /// - Throws: `DatasetError.invalid` if there is nothing to make such batches of.
    public init(
        dataset: ImageDataset, trainingSet: TrainingSet, composition: Composition, augmentation: Augmentation,
        viewSide: Int? = nil, seed: UInt64
    ) throws {
        switch composition {
        case .images(let count):
            guard count > 0, !trainingSet.labels.isEmpty else {
                throw DatasetError.invalid(
                    "batches of \(count) out of \(trainingSet.labels.count) labelled images cannot be made")
            }
            positions = ClassBalancedSampler(labels: trainingSet.labels, batchSize: count, seed: seed).batch
        case .groups(let classes, let imagesPerClass):
            positions = try ClassGroupSampler(
                labels: trainingSet.labels, classesPerBatch: classes, imagesPerClass: imagesPerClass, seed: seed
            ).batch
        }
        self.dataset = dataset
        self.trainingSet = trainingSet
        self.augmentation = augmentation.weak
        self.viewSide = viewSide
        self.seed = seed
    }

    /// B weak views with their labels.
    public mutating func batch(at step: Int) throws -> TrainingBatch {
        let stepOfStream = try stepOfStream(step)
        let positions = positions(stepOfStream)
        var views = try ImagePrograms(for: dataset, viewSide: viewSide)
        views.appendViews(
            of: positions.map { trainingSet.labelled[$0] }, seed: seed, purpose: .weakAugmentation, step: stepOfStream
        ) { augmentation.append(to: &$0, drawingFrom: &$1) }
        return TrainingBatch(
            step: step, views: views,
            labels: positions.map { Int32(trainingSet.labels[$0]) }, balancedLabels: [], hiddenLabels: [],
            labelledIndices: positions.map(Int32.init), unlabelledIndices: [], isLabelledCopy: [])
    }
}
