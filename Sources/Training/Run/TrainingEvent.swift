/// What a training run tells while it goes on: for the log and for whoever watches.
public enum TrainingEvent: Sendable {
    /// Training begins, or goes on from a checkpoint.
    case started(RunStart)
    /// A stage of a run with several begins.
    case stageStarted(StageStart)
    /// The losses of the steps since the last report.
    case progress(ProgressReport)
    /// The moving-average model has been tried on the test images.
    case evaluated(EvaluationReport)
    /// The whole state after `step` steps is in a file.
    case savedCheckpoint(step: Int, path: String)
    /// Something that a person should know, and that stops nothing.
    case warning(String)
}

/// How a run begins.
public struct RunStart: Sendable, Encodable {
    /// Steps already done; 0 for a new run.
    public let step: Int
    /// Steps when the run is done.
    public let steps: Int
    /// The recipe's name.
    public let recipe: String
    /// The run's seed.
    public let seed: Int
    /// The device's identifier and name.
    public let device: String
    /// Labelled training images of each class.
    public let labelledCounts: [Int]
    /// Unlabelled training images of each class, by their hidden labels as far as these are known.
    public let unlabelledCounts: [Int]
    /// All unlabelled training images.
    public let unlabelledCount: Int
    /// Labelled images whose label is wrong; nil where no label noise is wished for.
    public let mislabelledCount: Int?
    /// Numbers that the network learns.
    public let parameters: Int
    /// Whether the run was asked to go on from a checkpoint.
    public let isResumed: Bool

    private enum CodingKeys: String, CodingKey {
        case step, steps, recipe, seed, device, parameters
        case labelledCounts = "labelled_counts"
        case unlabelledCounts = "unlabelled_counts"
        case unlabelledCount = "unlabelled_count"
        case mislabelledCount = "mislabelled_count"
        case isResumed = "resumed"
    }
}

/// How a stage begins.
public struct StageStart: Sendable, Encodable {
    /// Its first step, counted from 1 through the whole run.
    public let step: Int
    /// `pretraining`, `metric 1`, ….
    public let name: String
    /// How many steps it takes.
    public let steps: Int
    /// Labels of each class that it learns from.
    public let labelCounts: [Int]
    /// Images without label.
    public let unlabelledCount: Int
    /// The part of the pseudo-labels that equal the hidden label; nil where none is known. Learning never sees it.
    public let pseudoLabelPrecision: Double?

    private enum CodingKeys: String, CodingKey {
        case step, name, steps
        case labelCounts = "label_counts"
        case unlabelledCount = "unlabelled_count"
        case pseudoLabelPrecision = "pseudo_label_precision"
    }
}

/// Means over the steps since the last report.
public struct ProgressReport: Sendable, Encodable {
    /// Steps done.
    public let step: Int
    /// The parts of the loss and their `total`, by name.
    public let losses: [String: Double]
    /// The learning rate of the newest step.
    public let learningRate: Double
    /// The part of unlabelled images whose pseudo-label is used; nil for methods without.
    public let pseudoLabelRate: Double?
    /// The part of these pseudo-labels that equal the hidden label; nil where none is used, or known. Learning never sees it.
    public let pseudoLabelPrecision: Double?
    /// Steps a second, evaluations and checkpoints not counted.
    public let stepsPerSecond: Double
    /// Training images of all views a second.
    public let imagesPerSecond: Double
    /// Seconds of training steps since the run began, resumed parts included.
    public let stepSeconds: Double
    /// Seconds since the run began, resumed parts and evaluations included.
    public let seconds: Double

    private enum CodingKeys: String, CodingKey {
        case step, losses, seconds
        case learningRate = "learning_rate"
        case pseudoLabelRate = "pseudo_label_rate"
        case pseudoLabelPrecision = "pseudo_label_precision"
        case stepsPerSecond = "steps_per_second"
        case imagesPerSecond = "images_per_second"
        case stepSeconds = "step_seconds"
    }
}

/// One evaluation of the moving-average model on the test images.
public struct EvaluationReport: Sendable, Encodable {
    /// Steps done.
    public let step: Int
    /// What it got right.
    public let metrics: ClassificationMetrics
    /// How far its confidence lies from its accuracy.
    public let expectedCalibrationError: Double
    /// The largest such gap.
    public let maximumCalibrationError: Double
    /// The pseudo-labels since the last evaluation, or since the run began or went on; nil for methods without.
    public let pseudoLabels: PseudoLabelReport?
    /// What the method has estimated and gathered; nil for methods that do neither.
    public let estimates: MethodEstimates?
    /// The logit adjustment that the metrics are with, and what would be without; nil where there is none.
    public let logitAdjustment: LogitAdjustmentReport?

    private enum CodingKeys: String, CodingKey {
        case step, estimates
        case expectedCalibrationError = "expected_calibration_error"
        case maximumCalibrationError = "maximum_calibration_error"
        case pseudoLabels = "pseudo_labels"
        case logitAdjustment = "logit_adjustment"
    }

    /// One flat object.
    public func encode(to encoder: any Encoder) throws {
        try metrics.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(step, forKey: .step)
        try container.encode(expectedCalibrationError, forKey: .expectedCalibrationError)
        try container.encode(maximumCalibrationError, forKey: .maximumCalibrationError)
        try container.encodeIfPresent(pseudoLabels, forKey: .pseudoLabels)
        try container.encodeIfPresent(estimates, forKey: .estimates)
        try container.encodeIfPresent(logitAdjustment, forKey: .logitAdjustment)
    }
}
