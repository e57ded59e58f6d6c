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

    /// Hands on all images of a data set, or those at `members`, batch by batch: `[N, H, W, C]`, not augmented.
    func forEachBatch(
        of dataset: ImageDataset, members: [Int]? = nil, normalization: ImageNormalization,
        _ body: (_ images: Tensor) throws -> Void
    ) throws {
        let batches = try EvaluationBatches(
            dataset, members: members, batchSize: Evaluation.batchSize, normalization: normalization)
        for batch in batches { try body(images(batch.images, of: dataset)) }
    }

    /// The most probable class of each image of a data set, or of those at `members`, and its probability. Waits.
    ///
    /// - Parameter predict: takes a batch `[N, H, W, C]`, not augmented.
    func predictions(
        of dataset: ImageDataset, members: [Int]? = nil, normalization: ImageNormalization,
        _ predict: (_ images: Tensor) throws -> (classes: Tensor, confidences: Tensor)
    ) throws -> Predictions {
        var predictions = Predictions()
        try forEachBatch(of: dataset, members: members, normalization: normalization) { images in
            try predictions.append(predict(images), from: self)
        }
        return predictions
    }
}
