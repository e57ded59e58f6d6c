/// `training.*`: how long, on how many images at a time, and what is kept.
public struct TrainingSettings: Sendable {
    /// `training.steps`.
    public let steps: Int
    /// `training.labelled_batch`: labelled images of a step, B.
    public let labelledBatch: Int
    /// `training.unlabelled_ratio`: unlabelled images of a step for each labelled one, μ.
    public let unlabelledRatio: Int
    /// `training.evaluate_every`: steps from one evaluation to the next. The last step is always followed by one.
    public let evaluateEvery: Int
    /// `training.checkpoint_every`: steps from one checkpoint to the next. The last step is always followed by one.
    public let checkpointEvery: Int
    /// `training.keep_checkpoints`: so many of the newest are kept. With one alone, a file that is damaged cannot be
    /// passed over.
    public let keepCheckpoints: Int
    /// `training.log_every`: steps from one line of the log to the next, and from one look at the device to the next.
    public let logEvery: Int
    /// `training.moving_average_decay`: of the model that is evaluated and, in some methods, teaches.
    public let movingAverageDecay: Double

    init(_ reader: inout RecipeReader) throws {
        steps = try reader.integer("training.steps", from: 1)
        labelledBatch = try reader.integer("training.labelled_batch", from: 1, to: 65_536)
        unlabelledRatio = try reader.integer("training.unlabelled_ratio", from: 1, to: 64)
        evaluateEvery = try reader.integer("training.evaluate_every", from: 1)
        checkpointEvery = try reader.integer("training.checkpoint_every", from: 1)
        keepCheckpoints = try reader.integer("training.keep_checkpoints", from: 1, to: 1000, default: 3)
        logEvery = try reader.integer("training.log_every", from: 1, to: 10_000, default: 20)
        movingAverageDecay = try reader.number("training.moving_average_decay", .belowOne, default: 0.999)
    }
}
