import Datasets
import Methods
import NeuralNetworks

/// `pretraining.*`: features are learned from all images, labelled or not, before the method begins. Absent, or with the
/// method `none`, there is no such stage.
public struct PretrainingSettings: Sendable {
    /// `pretraining.method` with its options.
    let part: any SelfSupervisionPart
    /// `pretraining.steps`.
    public let steps: Int
    /// `pretraining.batch`: images of a step, each in two views.
    public let batch: Int
    /// `pretraining.learning_rate`, which falls to 0 along a quarter of a cosine.
    public let learningRate: Double
    /// `pretraining.warm_up_steps`: the learning rate rises linearly from 0 over so many steps.
    public let warmUpSteps: Int
    /// `pretraining.weight_decay`. Momentum and the rest are the optimizer's.
    public let weightDecay: Double
    /// `pretraining.smallest_crop`: the smallest part of an image that a view shows.
    public let smallestCrop: Double

    private static let section = "pretraining"
    private static let methodKey = "pretraining.method"
    private static let none = "none"

    /// Nil where the recipe does without.
    static func read(_ reader: inout RecipeReader) throws -> Self? {
        guard reader.hasSection(section) else { return nil }
        let names = MethodRegistry.selfSupervision.map { $0.name }
        let name = try reader.withoutNoting { try $0.choice(methodKey, of: [none] + names, default: none) }
        guard name != none else {
            // So that a key which another method would have is not called unknown.
            reader.passOver(section)
            return nil
        }
        return try Self(&reader, names: names)
    }

    private init(_ reader: inout RecipeReader, names: [String]) throws {
        let name = try reader.choice(Self.methodKey, of: names)
        steps = try reader.integer("pretraining.steps", from: 1)
        batch = try reader.integer("pretraining.batch", from: 2, to: 65_536)
        learningRate = try reader.number("pretraining.learning_rate", .positive)
        warmUpSteps = try reader.integer("pretraining.warm_up_steps", from: 0, default: 0)
        weightDecay = try reader.number("pretraining.weight_decay", .notNegative, default: 5e-4)
        smallestCrop = try reader.number("pretraining.smallest_crop", .fraction, default: 0.2)
        // An unknown name has been refused, so there is a method.
        var part: any SelfSupervisionPart = SimCLROptions()
        for chosen in MethodRegistry.selfSupervision where chosen.name == name { part = try reader.part(chosen) }
        do {
            try part.validate(batchSize: batch)
        } catch MethodError.invalidOption(let name, let problem) {
            throw reader.invalid("\(Self.section).\(name)", problem)
        }
        self.part = part
    }

    /// The learning rate's course.
    var schedule: LearningRateSchedule { .cosine(totalSteps: steps, warmUpSteps: warmUpSteps, cycles: 0.5) }

    /// Makes batches of two views of all images that the set has.
    func producer(
        for data: TrainingData, _ trainingSet: TrainingSet, viewSide: Int?, seed: UInt64
    ) throws -> TwoViewBatchProducer {
        let labelled = Set(trainingSet.labelled)
        return try TwoViewBatchProducer(
            dataset: data.train,
            members: trainingSet.labelled + trainingSet.unlabelled.filter { !labelled.contains($0) },
            batchSize: batch, augmentation: ContrastiveAugmentation(smallestCrop: smallestCrop),
            viewSide: viewSide, seed: seed)
    }
}

extension RecipeReader {
    fileprivate mutating func part<Part: SelfSupervisionPart>(_ part: Part.Type) throws -> any SelfSupervisionPart {
        try options("pretraining", of: Part.self)
    }
}
