import Datasets
import NeuralNetworks
import Tensors

/// What a network makes of labelled images that it has not learned from.
public struct Evaluation: Sendable, Encodable {
    /// What became of the images of each class.
    public let confusionMatrix: ConfusionMatrix
    /// The parts that papers report.
    public let metrics: ClassificationMetrics
    /// How far its confidence lies from its accuracy.
    public let calibration: Calibration
    /// The logit adjustment that all this is with, and what would be without; nil where there is none.
    public let logitAdjustment: LogitAdjustmentReport?

    /// Images classified at a time. Not a setting: in inference mode no result depends on it.
    static let batchSize = 256

    /// Classifies all test images in inference mode.
    ///
    /// - Parameters:
    ///   - usesAuxiliaryHead: whether the second head predicts.
    ///   - adjustment: of the logits before a class is predicted.
    init(
        of network: any ImageClassifier, usesAuxiliaryHead: Bool, adjustment: LogitAdjustment? = nil,
        on data: TrainingData, backend: any Backend
    ) throws {
        var (adjusted, unadjusted) = (Predictions(), Predictions())
        try data.testImages.forEachBatch(on: backend) { images in
            let logits = try network.inferredLogits(of: images, usesAuxiliaryHead: usesAuxiliaryHead, on: backend)
            try unadjusted.append(logits: logits, on: backend)
            if let adjustment { try adjusted.append(logits: adjustment.adjusted(logits), on: backend) }
        }
        let plain = Self(unadjusted, on: data, classes: network.classes)
        guard let adjustment else {
            self = plain
            return
        }
        self.init(
            adjusted, on: data, classes: network.classes,
            logitAdjustment: LogitAdjustmentReport(
                tau: adjustment.tau, unadjusted: plain.metrics, unadjustedCalibration: plain.calibration))
    }

    /// Classifies all test images as `predictions` says, which takes a batch `[N, H, W, C]` on the device.
    init(
        on data: TrainingData, classes: Int, backend: any Backend,
        predictions predict: (_ images: Tensor) throws -> (classes: Tensor, confidences: Tensor)
    ) throws {
        self.init(
            try data.testImages.predictions(on: backend, predict), on: data, classes: classes)
    }

    private init(
        _ predictions: Predictions, on data: TrainingData, classes: Int, logitAdjustment: LogitAdjustmentReport? = nil
    ) {
        let labels = data.test.labels
        var matrix = ConfusionMatrix(classes: classes)
        for (label, prediction) in zip(labels, predictions.classes) {
            matrix.count(true: label, predicted: Int(prediction))
        }
        confusionMatrix = matrix
        metrics = ClassificationMetrics(matrix, trainingCounts: data.split.labelledCounts)
        calibration = Calibration(
            confidences: predictions.confidences.map(Double.init),
            correct: zip(labels, predictions.classes).map { $0 == Int($1) })
        self.logitAdjustment = logitAdjustment
    }
}

extension Evaluation {
    private enum CodingKeys: String, CodingKey {
        case confusionMatrix = "confusion_matrix"
        case expectedCalibrationError = "expected_calibration_error"
        case logitAdjustment = "logit_adjustment"
    }

    /// One flat object: the metrics, the matrix row by row, the calibration error, and the adjustment if there is one.
    public func encode(to encoder: any Encoder) throws {
        try metrics.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode((0..<confusionMatrix.classes).map { Array(confusionMatrix[$0]) }, forKey: .confusionMatrix)
        try container.encode(calibration.expectedError, forKey: .expectedCalibrationError)
        try container.encodeIfPresent(logitAdjustment, forKey: .logitAdjustment)
    }
}

/// A logit adjustment after training, and what the network does without it.
public struct LogitAdjustmentReport: Sendable, Encodable {
    /// τ.
    public let tau: Double
    /// What it gets right without adjustment.
    public let unadjusted: ClassificationMetrics
    /// How far its confidence lies from its accuracy without adjustment.
    public let unadjustedCalibration: Calibration

    private enum CodingKeys: String, CodingKey {
        case tau, unadjusted
        case expectedCalibrationError = "expected_calibration_error"
    }

    /// `tau`, and `unadjusted` with the metrics and the calibration error.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(tau, forKey: .tau)
        let nested = container.superEncoder(forKey: .unadjusted)
        try unadjusted.encode(to: nested)
        var calibration = nested.container(keyedBy: CodingKeys.self)
        try calibration.encode(unadjustedCalibration.expectedError, forKey: .expectedCalibrationError)
    }
}
