import Tensors

/// Which images of a balanced training set are labelled, unlabelled and kept for validation, so that the classes are
/// long-tailed.
///
/// Per class the images are shuffled; the first are validation, the next labelled, the next unlabelled, and the rest is
/// not used. A split depends on the labels and on its options only: the same options give the same split everywhere.
public struct LongTailedSplit: Codable, Hashable, Sendable {
    /// How the sizes of the unlabelled classes fall, compared with the labelled ones.
    public enum UnlabelledOrder: String, Codable, CaseIterable, Sendable {
        /// The head of the labelled images is the head of the unlabelled ones too.
        case consistent
        /// Every class is as large as the head; the unlabelled imbalance is not used.
        case uniform
        /// The head of the labelled images is the tail of the unlabelled ones.
        case reversed
    }

    /// What is wished for.
    public struct Options: Codable, Hashable, Sendable {
        /// N₁: labelled images of the first class.
        public var labelledHead: Int
        /// γₗ = N₁/N_K, at least 1.
        public var labelledImbalance: Double
        /// M₁: unlabelled images of the largest class.
        public var unlabelledHead: Int
        /// γᵤ = M₁/M_K, at least 1.
        public var unlabelledImbalance: Double
        /// Which way the unlabelled classes fall.
        public var unlabelledOrder: UnlabelledOrder
        /// Whether the labelled images are among the unlabelled ones, in addition to the M_k; DASO keeps them apart,
        /// USB and ADELLO do not.
        public var labelledInUnlabelled: Bool
        /// Images of each class that are set aside first.
        public var validationPerClass: Int
        /// Which shuffle.
        public var seed: UInt64
        /// Which labels are made wrong; nil for none.
        public var labelNoise: LabelNoise?

        /// A wish; whether the data can meet it shows in ``LongTailedSplit/init(of:options:)``.
        public init(
            labelledHead: Int, labelledImbalance: Double, unlabelledHead: Int, unlabelledImbalance: Double,
            unlabelledOrder: UnlabelledOrder = .consistent, labelledInUnlabelled: Bool = false,
            validationPerClass: Int = 0, seed: UInt64, labelNoise: LabelNoise? = nil
        ) {
            self.labelledHead = labelledHead
            self.labelledImbalance = labelledImbalance
            self.unlabelledHead = unlabelledHead
            self.unlabelledImbalance = unlabelledImbalance
            self.unlabelledOrder = unlabelledOrder
            self.labelledInUnlabelled = labelledInUnlabelled
            self.validationPerClass = validationPerClass
            self.seed = seed
            self.labelNoise = labelNoise
        }
    }

    /// What was wished for.
    public let options: Options
    /// Indices of the labelled images, class after class.
    public let labelled: [Int]
    /// Indices of the unlabelled images; with `labelledInUnlabelled` the labelled ones come first.
    public let unlabelled: [Int]
    /// Indices of the validation images, class after class.
    public let validation: [Int]
    /// N_k: labelled images of each class, by their true classes.
    public let labelledCounts: [Int]
    /// Images of each class in ``unlabelled``: M_k, or N_k + M_k with `labelledInUnlabelled`.
    public let unlabelledCounts: [Int]
    /// What learning takes for the classes of ``labelled``, where that is not the true ones.
    public let noisyLabels: [Int]?

    /// Splits a training set.
    ///
    /// - Parameter givenLabels: for each image of the set what learning takes for its class if it is labelled; nil for the
    ///   true ones, by which the set is split in any case.
    /// - Throws: `DatasetError.invalid` if the wish makes no sense, leaves a class without a label, asks a class for more
    ///   images than it has, or a labelled image has no given label.
    public init(of dataset: ImageDataset, givenLabels: [Int?]? = nil, options: Options) throws {
        let classes = dataset.classNames.count
        let sizes = try Self.sizes(options, classes: classes)
        var members: [[Int]] = Array(repeating: [], count: classes)
        for (index, label) in dataset.labels.enumerated() {
            members[label].append(index)
        }

        var labelled: [Int] = []
        var unlabelled: [Int] = []
        var validation: [Int] = []
        for (label, indices) in members.enumerated() {
            let (labelledCount, unlabelledCount) = (sizes.labelled[label], sizes.unlabelled[label])
            guard Self.fits(in: indices.count, options.validationPerClass, labelledCount, unlabelledCount) else {
                throw DatasetError.invalid(
                    "\(dataset.name) has \(indices.count) images of class \(label) (\(dataset.classNames[label])), but "
                        + "\(options.validationPerClass) for validation, \(labelledCount) labelled and "
                        + "\(unlabelledCount) unlabelled are wanted")
            }
            let stream = RandomStream(seed: options.seed, purpose: .split, sample: UInt32(truncatingIfNeeded: label))
            var generator = PhiloxGenerator(stream)
            var rest = generator.permutation(of: indices.count).map { indices[$0] }[...]
            validation += rest.prefix(options.validationPerClass)
            rest = rest.dropFirst(options.validationPerClass)
            labelled += rest.prefix(labelledCount)
            unlabelled += rest.dropFirst(labelledCount).prefix(unlabelledCount)
        }

        self.options = options
        self.labelled = labelled
        self.unlabelled = options.labelledInUnlabelled ? labelled + unlabelled : unlabelled
        self.validation = validation
        labelledCounts = sizes.labelled
        if let givenLabels {
            noisyLabels = try Self.labels(of: labelled, in: dataset, given: givenLabels)
        } else {
            noisyLabels = try options.labelNoise?.applied(
                to: labelled.map { dataset.labels[$0] }, counts: sizes.labelled, seed: options.seed)
        }
        unlabelledCounts =
            options.labelledInUnlabelled ? zip(sizes.labelled, sizes.unlabelled).map(+) : sizes.unlabelled
    }

    private static func labels(of labelled: [Int], in dataset: ImageDataset, given: [Int?]) throws -> [Int] {
        let labels = try labelled.map { index in
            guard given.indices.contains(index), let label = given[index] else {
                let name = dataset.names?.all[index] ?? "image \(index)"
                throw DatasetError.invalid("\(name) of \(dataset.name) is to be labelled, but no label is given for it")
            }
            return label
        }
        if let empty = dataset.classNames.indices.first(where: { !labels.contains($0) }) {
            throw DatasetError.invalid(
                "by the given labels class \(empty) (\(dataset.classNames[empty])) is left without a labelled image; take "
                    + "another seed or more labelled images")
        }
        return labels
    }

    /// N_k and M_k.
    private static func sizes(_ options: Options, classes: Int) throws -> (labelled: [Int], unlabelled: [Int]) {
        guard options.validationPerClass >= 0 else {
            throw DatasetError.invalid(
                "the validation set cannot have \(options.validationPerClass) images per class; 0 means none")
        }
        let labelled = try explained("labelled images") {
            try LongTail.counts(head: options.labelledHead, imbalance: options.labelledImbalance, classes: classes)
        }
        if let empty = labelled.firstIndex(of: 0) {
            throw DatasetError.invalid(
                "class \(empty) is left without a labelled image: a head of \(options.labelledHead) is smaller than the "
                    + "imbalance of \(options.labelledImbalance.shortDescription); raise the head or lower the imbalance"
            )
        }
        let unlabelled = try explained("unlabelled images") {
            try LongTail.counts(
                head: options.unlabelledHead,
                imbalance: options.unlabelledOrder == .uniform ? 1 : options.unlabelledImbalance, classes: classes)
        }
        return (labelled, options.unlabelledOrder == .reversed ? unlabelled.reversed() : unlabelled)
    }

    /// Says which images an error is about.
    private static func explained(_ subject: String, _ counts: () throws -> [Int]) throws -> [Int] {
        do {
            return try counts()
        } catch DatasetError.invalid(let problem) {
            throw DatasetError.invalid("\(subject): \(problem)")
        }
    }

    /// Whether the parts fit into `available`; a sum could overflow, a difference of what fits cannot.
    private static func fits(in available: Int, _ parts: Int...) -> Bool {
        var rest = available
        for part in parts {
            guard part <= rest else { return false }
            rest -= part
        }
        return true
    }
}
