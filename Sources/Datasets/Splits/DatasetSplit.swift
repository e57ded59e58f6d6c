import Tensors

/// Which images of a training set are labelled, unlabelled and kept for validation: so that classes of equal size become
/// long-tailed, or as they are by themselves.
///
/// Per class the images are shuffled; the first are validation, the next labelled, the next unlabelled, and the rest, if
/// any, is not used. Images whose class nobody knows are all unlabelled. A split depends on the labels and on its options
/// only: the same options give the same split everywhere.
public struct DatasetSplit: Codable, Hashable, Sendable {
    /// What is wished for.
    public struct Options: Hashable, Sendable {
        /// How many images of each class are labelled and unlabelled.
        public var sizes: ClassSizes
        /// Whether the labelled images are among the unlabelled ones, in addition to the M_k; DASO keeps them apart,
        /// USB and ADELLO do not.
        public var labelledInUnlabelled: Bool
        /// Images of each class that are set aside first.
        public var validationPerClass: Int
        /// Which shuffle.
        public var seed: UInt64
        /// Which labels are made wrong; nil for none.
        public var labelNoise: LabelNoise?

        /// A wish; whether the data can meet it shows in ``DatasetSplit/init(of:givenLabels:options:)``.
        public init(
            sizes: ClassSizes, labelledInUnlabelled: Bool = false, validationPerClass: Int = 0, seed: UInt64,
            labelNoise: LabelNoise? = nil
        ) {
            self.sizes = sizes
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
    /// Indices of the unlabelled images; with `labelledInUnlabelled` the labelled ones come first. Those whose class nobody
    /// knows come last.
    public let unlabelled: [Int]
    /// Indices of the validation images, class after class.
    public let validation: [Int]
    /// N_k: labelled images of each class, by their true classes.
    public let labelledCounts: [Int]
    /// Images of each class in ``unlabelled``: M_k, or N_k + M_k with `labelledInUnlabelled`. Those whose class nobody knows
    /// are not counted.
    public let unlabelledCounts: [Int]
    /// What learning takes for the classes of ``labelled``, where that is not the true ones.
    public let noisyLabels: [Int]?

    /// ``unlabelledCounts`` where they are the whole truth; nil if there are unlabelled images whose class nobody knows.
    public var hiddenCounts: [Int]? { unlabelledCounts.reduce(0, +) == unlabelled.count ? unlabelledCounts : nil }

    /// Splits a training set.
    ///
    /// - Parameter givenLabels: for each image of the set what learning takes for its class if it is labelled; nil for the
    ///   true ones, by which the set is split in any case.
    /// - Throws: `DatasetError.invalid` if the wish makes no sense, leaves a class without a label, asks a class for more
    ///   images than it has, or a labelled image has no given label.
    public init(of dataset: ImageDataset, givenLabels: [Int?]? = nil, options: Options) throws {
        guard options.validationPerClass >= 0 else {
            throw DatasetError.invalid(
                "the validation set cannot have \(options.validationPerClass) images per class; 0 means none")
        }
        var members: [[Int]] = Array(repeating: [], count: dataset.classNames.count)
        var unknown: [Int] = []
        for (index, label) in dataset.labels.enumerated() {
            if label == ImageDataset.unknownLabel {
                unknown.append(index)
            } else {
                members[label].append(index)
            }
        }
        let sizes = try options.sizes.counts(available: members.map { $0.count - options.validationPerClass })

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
        self.unlabelled = (options.labelledInUnlabelled ? labelled : []) + unlabelled + unknown
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

/// One flat object.
extension DatasetSplit.Options: Codable {
    private enum CodingKeys: CodingKey {
        case labelledInUnlabelled, validationPerClass, seed, labelNoise
    }

    /// Reads the sizes beside the rest.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        sizes = try ClassSizes(from: decoder)
        labelledInUnlabelled = try container.decode(Bool.self, forKey: .labelledInUnlabelled)
        validationPerClass = try container.decode(Int.self, forKey: .validationPerClass)
        seed = try container.decode(UInt64.self, forKey: .seed)
        labelNoise = try container.decodeIfPresent(LabelNoise.self, forKey: .labelNoise)
    }

    /// Writes the sizes beside the rest.
    public func encode(to encoder: any Encoder) throws {
        try sizes.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(labelledInUnlabelled, forKey: .labelledInUnlabelled)
        try container.encode(validationPerClass, forKey: .validationPerClass)
        try container.encode(seed, forKey: .seed)
        try container.encodeIfPresent(labelNoise, forKey: .labelNoise)
    }
}
