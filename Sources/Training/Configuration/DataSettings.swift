import Datasets

/// `data.*`: which images are trained on, and how unevenly.
public struct DataSettings: Sendable {
    /// `data.set`.
    public let set: DatasetName
    /// `data.root`: the folder of the files; nil for where the data set usually lies.
    public let root: String?
    /// `data.labelled_head`: labelled images of the largest class.
    public let labelledHead: Int
    /// `data.labelled_imbalance`: labelled images of the largest class for one of the smallest.
    public let labelledImbalance: Double
    /// `data.unlabelled_head`: unlabelled images of the largest class.
    public let unlabelledHead: Int
    /// `data.unlabelled_imbalance`.
    public let unlabelledImbalance: Double
    /// `data.unlabelled_order`: which class is the largest among the unlabelled images.
    public let unlabelledOrder: LongTailedSplit.UnlabelledOrder
    /// `data.labelled_in_unlabelled`: whether the labelled images are also used as unlabelled ones.
    public let labelledInUnlabelled: Bool
    /// `data.validation_per_class`: training images of each class that are set aside first.
    public let validationPerClass: Int
    /// `data.augmentation`: whose views the network sees.
    public let augmentation: Augmentation
    /// `data.label_noise`, the part of the labels that is made wrong, and `data.label_noise_kind`; nil for none.
    public let labelNoise: LabelNoise?

    init(_ reader: inout RecipeReader) throws {
        set = try reader.choice("data.set")
        root = try reader.optionalText("data.root", isEssential: false)
        labelledHead = try reader.integer("data.labelled_head", from: 1)
        labelledImbalance = try reader.number("data.labelled_imbalance", .atLeastOne)
        unlabelledHead = try reader.integer("data.unlabelled_head", from: 1)
        unlabelledImbalance = try reader.number("data.unlabelled_imbalance", .atLeastOne)
        unlabelledOrder = try reader.choice("data.unlabelled_order", default: .consistent)
        labelledInUnlabelled = try reader.flag("data.labelled_in_unlabelled", default: false)
        validationPerClass = try reader.integer("data.validation_per_class", from: 0, default: 0)
        augmentation = try reader.choice("data.augmentation", default: .daso)
        labelNoise = try Self.labelNoise(&reader)
    }

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
        let (train, test) = try set.load(from: root)
        let split = try LongTailedSplit(
            of: train,
            options: LongTailedSplit.Options(
                labelledHead: labelledHead, labelledImbalance: labelledImbalance, unlabelledHead: unlabelledHead,
                unlabelledImbalance: unlabelledImbalance, unlabelledOrder: unlabelledOrder,
                labelledInUnlabelled: labelledInUnlabelled, validationPerClass: validationPerClass,
                seed: UInt64(seed), labelNoise: labelNoise))
        return TrainingData(
            train: train, test: test, split: split, initialSet: try TrainingSet(split, of: train),
            normalization: augmentation.normalization(of: set))
    }
}

/// The images of a run.
struct TrainingData {
    let train: ImageDataset
    let test: ImageDataset
    /// Which of the training images are used, and how.
    let split: LongTailedSplit
    /// What the run begins to learn from.
    let initialSet: TrainingSet
    let normalization: ImageNormalization

    /// Labelled images whose label is wrong; nil where no noise was wished for.
    var mislabelledCount: Int? {
        split.noisyLabels.map { labels in zip(labels, split.labelled).count { $0 != train.labels[$1] } }
    }
}
