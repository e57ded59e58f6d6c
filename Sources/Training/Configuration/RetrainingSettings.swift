import Datasets

/// `retraining.*`: after everything else the classifier is trained anew on features that stay as they are, with labelled
/// images of all classes alike. Absent, or with 0 steps, there is no such stage.
public struct RetrainingSettings: Sendable {
    /// `retraining.steps`.
    public let steps: Int
    /// `retraining.learning_rate`; its schedule is the recipe's.
    public let learningRate: Double

    private static let section = "retraining"
    private static let stepsKey = "retraining.steps"

    /// Nil where the recipe does without.
    static func read(_ reader: inout RecipeReader, _ optimizer: OptimizerSettings) throws -> Self? {
        guard reader.hasSection(section) else { return nil }
        guard try reader.withoutNoting({ try $0.integer(stepsKey, from: 0) }) > 0 else {
            reader.passOver(section)
            return nil
        }
        return try Self(
            steps: reader.integer(stepsKey, from: 1),
            learningRate: reader.number("retraining.learning_rate", .positive, default: optimizer.learningRate))
    }
}
