import Datasets
import Methods
import NeuralNetworks
import Tensors

/// What is predicted of images, on the host.
struct Predictions {
    /// The most probable class of each image, of equal ones the lowest.
    private(set) var classes: [Int32] = []
    /// Its probability.
    private(set) var confidences: [Float] = []

    /// Adds those of a batch. Waits.
    mutating func append(_ batch: (classes: Tensor, confidences: Tensor), from backend: any Backend) throws {
        classes += try backend.read(batch.classes).integers()
        confidences += try backend.read(batch.confidences).floats
    }

    /// Adds the most probable class of each row of logits `[N, K]`. Waits.
    mutating func append(logits: Tensor, on backend: any Backend) throws {
        try append(backend.mostProbableClasses(of: logits), from: backend)
    }
}

extension Backend {
    /// Of each row of logits `[N, K]` the most probable class (of equal ones the lowest) and its probability, still on the
    /// device.
    func mostProbableClasses(of logits: Tensor) throws -> (classes: Tensor, confidences: Tensor) {
        let (classes, confidences) = try argmaxRows(softmax(logits))
        return (classes, confidences)
    }
}

extension ImageClassifier {
    /// The logits `[N, K]` of images `[N, H, W, C]` in inference mode, still on the device.
    func inferredLogits(of images: Tensor, usesAuxiliaryHead: Bool, on backend: any Backend) throws -> Tensor {
        let tape = Tape(on: backend, recording: false)
        let features = try self.features(of: tape.constant(images), mode: .inference, on: tape)
        return try (usesAuxiliaryHead ? auxiliaryLogits(of: features, on: tape) : logits(of: features, on: tape)).value
    }

    /// What it predicts of the training images at `members`, not augmented, in inference mode. Waits.
    func predictions(
        of members: [Int], in data: TrainingData, usesAuxiliaryHead: Bool
    ) throws -> UnlabelledPredictions {
        let backend = parameters.backend
        let predictions = try data.trainImages.predictions(members: members, on: backend) { images in
            try backend.mostProbableClasses(
                of: inferredLogits(of: images, usesAuxiliaryHead: usesAuxiliaryHead, on: backend))
        }
        return try UnlabelledPredictions(
            labels: predictions.classes, confidences: predictions.confidences, classes: classes)
    }

    /// What probabilities it gives in the mean to the training images at `members` of each group, not augmented, in
    /// inference mode; zeros for a group without images. Waits.
    func meanProbabilities(
        of members: [Int], groups: [Int], groupCount: Int, in data: TrainingData, usesAuxiliaryHead: Bool
    ) throws -> [[Double]] {
        let backend = parameters.backend
        var sums = [[Double]](repeating: [Double](repeating: 0, count: classes), count: groupCount)
        var sizes = [Double](repeating: 0, count: groupCount)
        var rest = groups[...]
        try data.trainImages.forEachBatch(members: members, on: backend) { images in
            let logits = try inferredLogits(of: images, usesAuxiliaryHead: usesAuxiliaryHead, on: backend)
            let probabilities = try backend.read(backend.softmax(logits)).floats
            for (row, group) in rest.prefix(images.shape[0]).enumerated() {
                for label in 0..<classes { sums[group][label] += Double(probabilities[row * classes + label]) }
                sizes[group] += 1
            }
            rest = rest.dropFirst(images.shape[0])
        }
        return zip(sums, sizes).map { sum, size in sum.map { $0 / max(size, 1) } }
    }
}
