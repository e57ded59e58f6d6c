import Datasets

/// `data.*`: which images are trained on, and how unevenly.
public struct DataSettings: Sendable {
    /// `data.set` and `data.root`.
    public let source: ImageSource
    /// `data.labelled_fraction`; where it is not there `data.labelled_head`, `data.labelled_imbalance`,
    /// `data.unlabelled_head`, `data.unlabelled_imbalance` and `data.unlabelled_order`.
    public let sizes: ClassSizes
    /// `data.labelled_in_unlabelled`: whether the labelled images are also used as unlabelled ones.
    public let labelledInUnlabelled: Bool
    /// `data.validation_per_class`: training images of each class that are set aside first.
    public let validationPerClass: Int
    /// `data.device_memory`: bytes of device memory that the images may take; nil for a part of it. What does not fit is
    /// written there batch by batch.
    public let deviceMemory: Int?
    /// `data.augmentation`: whose views the network sees.
    public let augmentation: Augmentation
    /// `data.view_size`: rows and columns of the views, which are cut out of larger images; nil for the images' own size.
    public let viewSide: Int?
    /// `data.label_noise`, the part of the labels that is made wrong, and `data.label_noise_kind`; nil for none.
    public let labelNoise: LabelNoise?
    /// `data.noisy_labels`: where the labels come from that are learned from; nil for the true ones.
    public let noisyLabels: NoisyLabels?

    /// Labels of training images in a file.
    public struct NoisyLabels: Sendable {
        /// `data.noisy_labels`: a ``LabelTable``; nil in a checkpoint, which holds no paths.
        public let file: String?
        /// `data.noisy_labels_column`.
        public let column: String
    }

    private static let imagesWord = "images"

    init(_ reader: inout RecipeReader) throws {
        source = try Self.source(&reader)
        sizes = try Self.sizes(&reader)
        labelledInUnlabelled = try reader.flag("data.labelled_in_unlabelled", default: false)
        validationPerClass = try reader.integer("data.validation_per_class", from: 0, default: 0)
        augmentation = try reader.choice("data.augmentation", default: .daso)
        viewSide = try Self.viewSide(&reader)
        deviceMemory = try reader.optionalByteCount("data.device_memory", isEssential: false)
        labelNoise = try Self.labelNoise(&reader)
        noisyLabels = try Self.noisyLabels(&reader)
        guard labelNoise == nil || noisyLabels == nil else {
            throw reader.invalid(
                "data.label_noise", "must be 0 beside data.noisy_labels, which have noise of their own")
        }
    }

    /// `data.set: PATH` is short for `data.set: images` with `data.root: PATH`: where images lie does not decide what is
    /// computed, so that the path stays out of checkpoints.
    private static func source(_ reader: inout RecipeReader) throws -> ImageSource {
        if let path = reader.take("data.set")?.text, path.contains(where: { "/.".contains($0) }) {
            guard reader.take("data.root") == nil else {
                throw reader.invalid("data.root", "cannot be there beside data.set with a path")
            }
            reader.note("data.set", imagesWord)
            reader.note("data.root", path.asYAML, isEssential: false)
            return .images(path: path)
        }
        let names = DatasetName.allCases.map(\.rawValue)
        let word = try reader.choice(
            "data.set", of: names + [imagesWord], orElse: "the path of imported images or of their folder")
        let root = try reader.optionalText("data.root", isEssential: false)
        return DatasetName(rawValue: word).map { .named($0, root: root) } ?? .images(path: root)
    }

    /// With a fraction of each class the counts of the long tail take no part; nor does a fraction of 0.
    private static func sizes(_ reader: inout RecipeReader) throws -> ClassSizes {
        func fraction(_ reader: inout RecipeReader) throws -> Double {
            try reader.number("data.labelled_fraction", .fraction, default: 0)
        }
        func longTailed(_ reader: inout RecipeReader) throws -> LongTailedSizes {
            LongTailedSizes(
                labelledHead: try reader.integer("data.labelled_head", from: 1),
                labelledImbalance: try reader.number("data.labelled_imbalance", .atLeastOne),
                unlabelledHead: try reader.integer("data.unlabelled_head", from: 0),
                unlabelledImbalance: try reader.number("data.unlabelled_imbalance", .atLeastOne),
                unlabelledOrder: try reader.choice("data.unlabelled_order", default: .consistent))
        }
        guard try reader.withoutNoting(fraction) > 0 else { return .longTailed(try longTailed(&reader)) }
        _ = try reader.withoutNoting(longTailed)
        return .labelledFraction(try fraction(&reader))
    }

    /// A side of 0 stands for the images' own.
    private static func viewSide(_ reader: inout RecipeReader) throws -> Int? {
        func read(_ reader: inout RecipeReader) throws -> Int {
            try reader.integer("data.view_size", from: 0, to: ImageImport.largestSide, default: 0)
        }
        return try reader.withoutNoting(read) == 0 ? nil : try read(&reader)
    }

    private static func noisyLabels(_ reader: inout RecipeReader) throws -> NoisyLabels? {
        let (file, column) = ("data.noisy_labels", "data.noisy_labels_column")
        guard reader.take(file) != nil || reader.take(column) != nil else {
            // Known all the same, so that a misspelt key finds them.
            _ = reader.take(column)
            return nil
        }
        let path = try reader.optionalText(file, isEssential: false)
        let name = try reader.optionalText(column, isEssential: true)
        if name == nil { reader.note(column, Self.defaultColumn) }
        return NoisyLabels(file: path, column: name ?? Self.defaultColumn)
    }

    private static let defaultColumn = "label"

    private static func labelNoise(_ reader: inout RecipeReader) throws -> LabelNoise? {
        func read(_ reader: inout RecipeReader) throws -> LabelNoise {
            let rate = try reader.number("data.label_noise", .fraction, default: 0)
            return LabelNoise(try reader.choice("data.label_noise_kind", default: .symmetric), rate: rate)
        }
        let isOff = try reader.withoutNoting(read).rate == 0
        return isOff ? nil : try read(&reader)
    }
}

extension DataSettings {
    /// Reads the images and divides the training ones as the settings say.
    ///
    /// - Throws: `DatasetError` for files that are missing or damaged, and for counts that the data cannot meet.
    func load(seed: Int) throws -> TrainingData {
        let images = try source.load()
        let split = try DatasetSplit(
            of: images.train, givenLabels: try noisyLabels?.labels(for: images.train),
            options: DatasetSplit.Options(
                sizes: sizes,
                labelledInUnlabelled: labelledInUnlabelled, validationPerClass: validationPerClass,
                seed: UInt64(seed), labelNoise: labelNoise))
        let normalization = augmentation.normalization(of: images)
        let trainImages = try DeviceImages(
            images.train, normalization: normalization, viewSide: viewSide, memoryLimit: deviceMemory)
        let memoryForTest = deviceMemory.map { $0 - (images.train.pixels.count <= $0 ? images.train.pixels.count : 0) }
        return TrainingData(
            train: images.train, test: images.test, split: split,
            initialSet: try TrainingSet(split, of: images.train), normalization: normalization,
            trainImages: trainImages,
            testImages: try DeviceImages(
                images.test, normalization: normalization, viewSide: viewSide, memoryLimit: memoryForTest),
            warnings: images.warnings)
    }
}

extension DataSettings.NoisyLabels {
    /// The labels of a data set's images; nil for those that the file does not tell of.
    fileprivate func labels(for dataset: ImageDataset) throws -> [Int?] {
        guard let file else {
            throw DatasetError.invalid("nobody says where the noisy labels lie; add --set data.noisy_labels=FILE")
        }
        return try LabelTable(file: file, column: column).labels(for: dataset)
    }
}

/// The images of a run.
struct TrainingData {
    let train: ImageDataset
    let test: ImageDataset
    /// Which of the training images are used, and how.
    let split: DatasetSplit
    /// What the run begins to learn from.
    let initialSet: TrainingSet
    let normalization: ImageNormalization
    /// The training images where views of them are made.
    let trainImages: DeviceImages
    /// The test images likewise.
    let testImages: DeviceImages
    /// What a person should know about the files.
    let warnings: [String]

    /// Labelled images whose label is wrong; nil where no noise was wished for.
    var mislabelledCount: Int? {
        split.noisyLabels.map { labels in zip(labels, split.labelled).count { $0 != train.labels[$1] } }
    }
}
