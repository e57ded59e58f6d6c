import Datasets
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
        let (classes, confidences) = try backend.argmaxRows(backend.softmax(logits))
        try append((classes, confidences), from: backend)
    }
}

extension ImageClassifier {
    /// The logits `[N, K]` of images `[N, H, W, C]` in inference mode, still on the device.
    func inferredLogits(of images: Tensor, usesAuxiliaryHead: Bool, on backend: any Backend) throws -> Tensor {
        let tape = Tape(on: backend, recording: false)
        let features = try self.features(of: tape.constant(images), mode: .inference, on: tape)
        return try (usesAuxiliaryHead ? auxiliaryLogits(of: features, on: tape) : logits(of: features, on: tape)).value
    }
}
