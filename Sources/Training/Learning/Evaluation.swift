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

    /// Images classified at a time. Not a setting: in inference mode no result depends on it.
    static let batchSize = 256

    /// Classifies all test images in inference mode.
    ///
    /// - Parameter usesAuxiliaryHead: whether the second head predicts.
    init(
        of network: any ImageClassifier, usesAuxiliaryHead: Bool, on data: TrainingData, backend: any Backend
    ) throws {
        try self.init(on: data, classes: network.classes, backend: backend) { images in
            try Self.predictions(of: network, usesAuxiliaryHead: usesAuxiliaryHead, images: images, backend: backend)
        }
    }

    /// Classifies all test images as `predictions` says, which takes a batch `[N, H, W, C]` on the device.
    init(
        on data: TrainingData, classes: Int, backend: any Backend,
        predictions predict: (_ images: Tensor) throws -> (classes: Tensor, confidences: Tensor)
    ) throws {
        let test = data.test
        let (predictions, confidences) = try backend.predictions(
            of: test, normalization: data.normalization, predict)
        var matrix = ConfusionMatrix(classes: classes)
        for (label, prediction) in zip(test.labels, predictions) {
            matrix.count(true: label, predicted: Int(prediction))
        }
        confusionMatrix = matrix
        metrics = ClassificationMetrics(matrix, trainingCounts: data.split.labelledCounts)
        calibration = Calibration(
            confidences: confidences.map(Double.init),
            correct: zip(test.labels, predictions).map { $0 == Int($1) })
    }
}

extension Evaluation {
    /// The most probable class of each image, and its probability, still on the device.
    static func predictions(
        of network: any ImageClassifier, usesAuxiliaryHead: Bool, images: Tensor, backend: any Backend
    ) throws -> (classes: Tensor, confidences: Tensor) {
        let tape = Tape(on: backend, recording: false)
        let features = try network.features(of: tape.constant(images), mode: .inference, on: tape)
        let logits =
            try usesAuxiliaryHead
            ? network.auxiliaryLogits(of: features, on: tape) : network.logits(of: features, on: tape)
        let (classes, confidences) = try backend.argmaxRows(backend.softmax(logits.value))
        return (classes, confidences)
    }
}

extension Evaluation {
    private enum CodingKeys: String, CodingKey {
        case confusionMatrix = "confusion_matrix"
        case expectedCalibrationError = "expected_calibration_error"
    }

    /// One flat object: the metrics, the matrix row by row, and the calibration error.
    public func encode(to encoder: any Encoder) throws {
        try metrics.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode((0..<confusionMatrix.classes).map { Array(confusionMatrix[$0]) }, forKey: .confusionMatrix)
        try container.encode(calibration.expectedError, forKey: .expectedCalibrationError)
    }
}
