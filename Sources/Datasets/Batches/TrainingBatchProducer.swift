import Tensors

/// Makes the batch of any training step.
///
/// A batch is a function of the data, the training set, the options and the step alone: every random number comes from a
/// stream named (seed, purpose, step, sample). Resuming needs nothing but the number of the next step.
public struct TrainingBatchProducer: BatchProducer {
    /// What a batch is made of.
    public struct Options: Hashable, Sendable {
        /// B: labelled images in a batch.
        public var labelledBatch: Int
        /// Bu: unlabelled images in a batch; 0 for none.
        public var unlabelledBatch: Int
        /// Labelled images in a batch beside these, drawn so that all classes are equally frequent; 0 for none.
        public var balancedBatch: Int
        /// Weak views of each unlabelled image, 0 to 2.
        public var weakViews: Int
        /// Strong views of each unlabelled image, 0 to 2.
        public var strongViews: Int
        /// How views are made.
        public var augmentation: Augmentation
        /// Rows and columns of a view; nil for the images' own.
        public var viewSide: Int?
        /// The run's seed.
        public var seed: UInt64

        /// What a batch is made of.
        public init(
            labelledBatch: Int, unlabelledBatch: Int, balancedBatch: Int = 0, weakViews: Int = 1, strongViews: Int = 1,
            augmentation: Augmentation = .daso, viewSide: Int? = nil, seed: UInt64
        ) {
            self.labelledBatch = labelledBatch
            self.unlabelledBatch = unlabelledBatch
            self.balancedBatch = balancedBatch
            self.weakViews = weakViews
            self.strongViews = strongViews
            self.augmentation = augmentation
            self.viewSide = viewSide
            self.seed = seed
        }
    }

    private let dataset: ImageDataset
    private let trainingSet: TrainingSet
    /// For each unlabelled image whether it is a labelled one too.
    private let isLabelledCopy: [Bool]
    private let options: Options
    private let weak: WeakAugmentation
    private let strong: StrongAugmentation
    private var labelledSampler: BatchSampler
    private var unlabelledSampler: BatchSampler
    private let balancedSampler: ClassBalancedSampler

    /// - Throws: `DatasetError.invalid` if the batch sizes make no sense, there is nothing to make batches
    ///   of, or the normalization is not for this data set.
    public init(
        dataset: ImageDataset, trainingSet: TrainingSet, normalization: ImageNormalization, options: Options
    ) throws {
        guard options.labelledBatch > 0, options.labelledBatch <= Self.batchLimit else {
            throw DatasetError.invalid(
                "a batch has from 1 to \(Self.batchLimit) labelled images, not \(options.labelledBatch)")
        }
        guard options.unlabelledBatch >= 0, options.unlabelledBatch <= Self.batchLimit else {
            throw DatasetError.invalid(
                "a batch has from 0 to \(Self.batchLimit) unlabelled images, not \(options.unlabelledBatch)")
        }
        guard (0...Self.batchLimit).contains(options.balancedBatch) else {
            throw DatasetError.invalid(
                "a class-balanced batch has from 0 to \(Self.batchLimit) images, not \(options.balancedBatch)")
        }
        guard (0...2).contains(options.weakViews), (0...2).contains(options.strongViews) else {
            throw DatasetError.invalid(
                "an unlabelled image has up to 2 weak and 2 strong views, not \(options.weakViews) and "
                    + "\(options.strongViews)")
        }
        guard normalization.channels == dataset.channels else {
            throw DatasetError.invalid(
                "\(dataset.name) has \(dataset.channels) channels, the normalization \(normalization.channels)")
        }
        guard !trainingSet.labelled.isEmpty, !trainingSet.unlabelled.isEmpty || options.unlabelledBatch == 0 else {
            throw DatasetError.invalid(
                "there are \(trainingSet.labelled.count) labelled and \(trainingSet.unlabelled.count) unlabelled images: "
                    + "there is nothing to make batches of")
        }
        self.dataset = dataset
        self.trainingSet = trainingSet
        let labelled = Set(trainingSet.labelled)
        isLabelledCopy = trainingSet.unlabelled.map(labelled.contains)
        self.options = options
        weak = options.augmentation.weak
        strong = options.augmentation.strong(normalization)
        labelledSampler = BatchSampler(
            count: trainingSet.labelled.count, batchSize: options.labelledBatch, seed: options.seed,
            purpose: .labelledOrder)
        unlabelledSampler = BatchSampler(
            count: max(1, trainingSet.unlabelled.count), batchSize: options.unlabelledBatch, seed: options.seed,
            purpose: .unlabelledOrder)
        balancedSampler = ClassBalancedSampler(
            labels: trainingSet.labels, batchSize: options.balancedBatch, seed: options.seed)
    }

    /// The largest batch; beyond it is a slip of the keyboard.
    private static let batchLimit = 1 << 20

    /// The batch of the 0-based step `step`: the views in the joint order of ``TrainingBatch/views``.
    ///
    /// Mutating only because the latest permutation is kept at hand; the result depends on `step` alone.
    ///
    /// - Throws: `DatasetError.invalid` if the step does not fit 32 bits.
    public mutating func batch(at step: Int) throws -> TrainingBatch {
        let stepOfStream = try stepOfStream(step)
        let labelledIndices = labelledSampler.batch(at: step)
        let unlabelledIndices = unlabelledSampler.batch(at: step)
        let labelled = labelledIndices.map { trainingSet.labelled[$0] }
        let unlabelled = unlabelledIndices.map { trainingSet.unlabelled[$0] }
        let balancedIndices = balancedSampler.batch(at: stepOfStream)
        let balanced = balancedIndices.map { trainingSet.labelled[$0] }
        var views = try ImagePrograms(for: dataset, viewSide: options.viewSide)

        func appendWeak(_ images: [Int], _ purpose: RandomStream.Purpose) {
            views.appendViews(of: images, seed: options.seed, purpose: purpose, step: stepOfStream) {
                weak.append(to: &$0, drawingFrom: &$1)
            }
        }
        func appendStrong(_ images: [Int], _ purpose: RandomStream.Purpose) {
            views.appendViews(of: images, seed: options.seed, purpose: purpose, step: stepOfStream) {
                strong.append(to: &$0, after: weak, drawingFrom: &$1)
            }
        }
        appendWeak(labelled + (options.weakViews > 0 ? unlabelled : []), .weakAugmentation)
        if options.weakViews > 1 { appendWeak(unlabelled, .secondWeakAugmentation) }
        if options.strongViews > 0 { appendStrong(unlabelled, .strongAugmentation) }
        if options.strongViews > 1 { appendStrong(unlabelled, .secondStrongAugmentation) }
        appendStrong(balanced, .balancedAugmentation)
        return TrainingBatch(
            step: step, views: views, labels: labelledIndices.map { Int32(trainingSet.labels[$0]) },
            balancedLabels: balancedIndices.map { Int32(trainingSet.labels[$0]) },
            hiddenLabels: unlabelled.map { Int32(dataset.labels[$0]) },
            labelledIndices: labelledIndices.map(Int32.init), unlabelledIndices: unlabelledIndices.map(Int32.init),
            isLabelledCopy: unlabelledIndices.map { isLabelledCopy[$0] })
    }
}
