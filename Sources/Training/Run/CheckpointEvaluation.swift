import Datasets
import Methods
import Tensors

/// What the moving-average model of a checkpoint makes of the test images.
public struct CheckpointEvaluation: Sendable, Encodable {
    /// Steps that the checkpoint was trained for.
    public let step: Int
    /// The evaluation.
    public let evaluation: Evaluation
    /// A name for each class.
    public let classNames: [String]
    /// The labelled training images of each class.
    public let labelledCounts: [Int]
    /// The device that computed it.
    public let device: DeviceDescription

    /// Evaluates a checkpoint with the recipe that it carries. The files are read before the backend is asked for.
    ///
    /// - Parameters:
    ///   - path: the checkpoint's file.
    ///   - recipe: the recipe that the checkpoint is thought to belong to; nil for its own.
    ///   - overrides: `key=value`. Where the data lie and how is evaluated may be changed; whatever decides what was
    ///     trained may not.
    /// - Throws: `TrainingError.otherRecipe` if essential settings differ from the checkpoint's; `FileError`,
    ///   `TrainingError.notACheckpoint`, `RecipeError`, `DatasetError`, and what the backend throws.
    public init(
        of path: String, recipe wanted: String?, overrides: [String], on makeBackend: () throws -> any Backend
    ) throws {
        let checkpoint = try Checkpoint(contentsOf: path)
        let recipe =
            try wanted.map { try RecipeLibrary.recipe($0, overrides: overrides) }
            ?? Recipe(yaml: checkpoint.recipe.essentialYAML, name: path, overrides: overrides)
        try TrainingError.requireSame(
            checkpoint.recipe.trainingEntries, as: recipe.trainingEntries, path: path,
            advice: "leave out --recipe and --set to evaluate it with its own")
        let data = try recipe.data.load(seed: recipe.seed)
        let backend = try makeBackend()
        device = backend.device
        let trainingSet = try checkpoint.trainingSet(of: data)
        let learner = try recipe.learner(
            for: StagePlan(recipe, classes: data.train.classNames.count).stage(afterStep: checkpoint.step), on: data,
            trainingSet, backend: backend)
        try learner.restore(checkpoint.state)
        step = checkpoint.step
        evaluation = try learner.evaluation(on: data, trainingSet)
        classNames = data.test.classNames
        labelledCounts = data.split.labelledCounts
    }

    private enum CodingKeys: String, CodingKey {
        case step
        case classNames = "class_names"
        case labelledCounts = "labelled_counts"
    }

    /// One flat object, the evaluation's numbers beside the others.
    public func encode(to encoder: any Encoder) throws {
        try evaluation.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(step, forKey: .step)
        try container.encode(classNames, forKey: .classNames)
        try container.encode(labelledCounts, forKey: .labelledCounts)
    }
}
