import Tensors

/// Batches of P classes with Q labelled images each, in weak views: for losses that compare images of one class with those
/// of others. A class with fewer images gives some of them more than once, in different views.
public struct ClassBalancedBatchProducer: BatchProducer {
    private let dataset: ImageDataset
    private let trainingSet: TrainingSet
    /// For each class that has some, the positions of its images among the labelled ones.
    private let positionsOfClass: [[Int]]
    private let classesPerBatch: Int
    private let imagesPerClass: Int
    private let augmentation: WeakAugmentation
    private let normalization: ImageNormalization
    private let seed: UInt64

    /// - Parameters:
    ///   - classesPerBatch: P, at least 2; no more than there are classes are taken.
    ///   - imagesPerClass: Q, at least 2.
    /// - Throws: `DatasetError.invalid` if there is nothing to compare.
    public init(
        dataset: ImageDataset, trainingSet: TrainingSet, classesPerBatch: Int, imagesPerClass: Int,
        normalization: ImageNormalization, augmentation: Augmentation, seed: UInt64
    ) throws {
        let positions = Dictionary(grouping: trainingSet.labels.indices) { trainingSet.labels[$0] }
        positionsOfClass = positions.sorted { $0.key < $1.key }.map(\.value)
        guard classesPerBatch >= 2, imagesPerClass >= 2, positionsOfClass.count >= 2 else {
            throw DatasetError.invalid(
                "batches of \(classesPerBatch) classes out of \(positionsOfClass.count) with \(imagesPerClass) images each "
                    + "have nothing to compare; at least 2 classes of 2 images are needed")
        }
        guard normalization.channels == dataset.channels else {
            throw DatasetError.invalid(
                "\(dataset.name) has \(dataset.channels) channels, the normalization \(normalization.channels)")
        }
        self.dataset = dataset
        self.trainingSet = trainingSet
        self.classesPerBatch = min(classesPerBatch, positionsOfClass.count)
        self.imagesPerClass = imagesPerClass
        self.normalization = normalization
        self.augmentation = augmentation.weak
        self.seed = seed
    }

    /// `[P·Q, H, W, C]`, class after class. Classes and images are drawn without replacement as far as they go.
    public mutating func batch(at step: Int) throws -> TrainingBatch {
        let stepOfStream = try stepOfStream(step)
        var order = PhiloxGenerator(
            // Sample 0 are the permutations that `BatchSampler` draws.
            RandomStream(seed: seed, purpose: .labelledOrder, step: stepOfStream, sample: 1))
        let positions = order.permutation(of: positionsOfClass.count).prefix(classesPerBatch).flatMap { label in
            let members = positionsOfClass[label]
            let chosen = order.permutation(of: members.count)
            return (0..<imagesPerClass).map { members[chosen[$0 % chosen.count]] }
        }
        let views = positions.enumerated().map { sample, position in
            var generator = PhiloxGenerator(
                RandomStream(
                    seed: seed, purpose: .weakAugmentation, step: stepOfStream,
                    sample: UInt32(truncatingIfNeeded: sample)))
            return augmentation.view(
                of: dataset.image(at: trainingSet.labelled[position]), drawingFrom: &generator)
        }
        return TrainingBatch(
            step: step, images: normalization.normalized(views),
            labels: positions.map { Int32(trainingSet.labels[$0]) }, balancedLabels: [], hiddenLabels: [],
            labelledIndices: positions.map(Int32.init), unlabelledIndices: [], isLabelledCopy: [])
    }
}
