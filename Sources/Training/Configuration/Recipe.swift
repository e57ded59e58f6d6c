import Datasets
import NeuralNetworks

/// Everything that decides what a training run computes. Read strictly: a key that no setting has, or a value that
/// cannot be, is an error that names the line.
///
/// Keys are named as in the files: `data.labelled_head` and so on. Those without default must be there.
public struct Recipe: Sendable {
    /// The name that it was asked for by: `fashion-mnist-lt/daso`, or a file's name.
    public let name: String
    /// One line about it, for lists.
    public let summary: String
    /// `recorded_recall`: for each class the recall that this recipe has reached, from 0 to 1, separated by blanks.
    /// Measured once and written down, to be shown beside the results of what it is the baseline of.
    public let recordedRecalls: [Double]?
    /// `seed`: names all random streams of the run.
    public let seed: Int
    /// `precision`: how activations are stored.
    public let precision: Precision
    /// `data.*`.
    public let data: DataSettings
    /// `model.*`.
    public let model: ModelSettings
    /// `method.*`.
    public let method: MethodSettings
    /// `optimizer.*` and `schedule.*`.
    public let optimizer: OptimizerSettings
    /// `training.*`.
    public let training: TrainingSettings
    /// `pretraining.*`; nil where the recipe does without.
    public let pretraining: PretrainingSettings?
    /// `rounds.*`; nil where the recipe does without.
    public let rounds: RoundsSettings?
    /// `generations.*`; nil where the recipe does without.
    public let generations: GenerationsSettings?
    /// `retraining.*`; nil where the recipe does without.
    public let retraining: RetrainingSettings?
    /// `evaluation.*`.
    public let evaluation: EvaluationSettings
    /// Every setting with its value resolved.
    public let entries: [RecipeEntry]

    /// Reads a recipe.
    ///
    /// - Parameters:
    ///   - yaml: its text.
    ///   - name: what it is called in messages and results.
    ///   - overrides: `key=value`, put in place of what the text says, the last one winning.
    /// - Throws: `RecipeError`.
    public init(yaml: String, name: String, overrides: [String] = []) throws {
        var text = try RecipeText(yaml: yaml, name: name)
        for override in overrides { try text.apply(override: override) }
        var reader = RecipeReader(text)
        self.name = name
        summary = try reader.optionalText("description", isEssential: false) ?? ""
        recordedRecalls = try reader.optionalFractions("recorded_recall", isEssential: false)
        seed = try reader.integer("seed", from: 0, default: 1)
        precision = try reader.choice("precision", default: .single)
        data = try DataSettings(&reader)
        model = try ModelSettings(&reader)
        method = try MethodSettings(&reader)
        optimizer = try OptimizerSettings(&reader)
        training = try TrainingSettings(&reader)
        pretraining = try PretrainingSettings.read(&reader)
        rounds = try RoundsSettings.read(&reader)
        generations = try GenerationsSettings.read(&reader)
        retraining = try RetrainingSettings.read(&reader, optimizer)
        evaluation = try EvaluationSettings(&reader)
        try reader.finish()
        entries = reader.entries
        try requireThatSectionsAgree(reader)
    }

    /// The settings that decide what is trained.
    var trainingEntries: [RecipeEntry] { entries.filter { !$0.key.hasPrefix("evaluation.") } }

    /// The recipe in its one canonical form; reading it gives the same recipe.
    public var canonicalYAML: String { entries.canonicalYAML() }

    /// The canonical form of the settings that decide what is computed: what a checkpoint carries. It holds no paths,
    /// so that the same run in another folder gives the same bytes.
    var essentialYAML: String { entries.filter(\.isEssential).canonicalYAML() }
}
