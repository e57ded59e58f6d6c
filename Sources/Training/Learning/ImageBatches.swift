import Datasets
import NeuralNetworks
import Tensors

extension Backend {
    /// Normalised images of a data set, one after another, as `[N, H, W, C]` on the device.
    func images(_ values: [Float], of dataset: ImageDataset) throws -> Tensor {
        let shape = try Shape([
            values.count / dataset.imageByteCount, dataset.height, dataset.width, dataset.channels,
        ])
        let images = try makeTensor(shape, .float32)
        try values.withUnsafeBytes { try write($0, into: images) }
        return images
    }

    /// The most probable class of each image of a data set, or of those at `members`, and its probability. Waits.
    ///
    /// - Parameter predict: takes a batch `[N, H, W, C]`, not augmented.
    func predictions(
        of dataset: ImageDataset, members: [Int]? = nil, normalization: ImageNormalization,
        _ predict: (_ images: Tensor) throws -> (classes: Tensor, confidences: Tensor)
    ) throws -> (classes: [Int32], confidences: [Float]) {
        let batches = try EvaluationBatches(
            dataset, members: members, batchSize: Evaluation.batchSize, normalization: normalization)
        var classes: [Int32] = []
        var confidences: [Float] = []
        for batch in batches {
            let predicted = try predict(images(batch.images, of: dataset))
            classes += try read(predicted.classes).integers()
            confidences += try read(predicted.confidences).floats
        }
        return (classes, confidences)
    }
}
