import Datasets
import Tensors

extension DeviceImages {
    /// Hands on all images, or those at `members`, batch by batch: `[N, H, W, C]`, not augmented.
    func forEachBatch(
        members: [Int]? = nil, on backend: any Backend, _ body: (_ images: Tensor) throws -> Void
    ) throws {
        let members = members ?? Array(dataset.labels.indices)
        for start in stride(from: 0, to: members.count, by: Evaluation.batchSize) {
            try body(images(at: members.dropFirst(start).prefix(Evaluation.batchSize), on: backend))
        }
    }

    /// The most probable class of each image, or of those at `members`, and its probability. Waits.
    ///
    /// - Parameter predict: takes a batch `[N, H, W, C]`, not augmented.
    func predictions(
        members: [Int]? = nil, on backend: any Backend,
        _ predict: (_ images: Tensor) throws -> (classes: Tensor, confidences: Tensor)
    ) throws -> Predictions {
        var predictions = Predictions()
        try forEachBatch(members: members, on: backend) { images in
            try predictions.append(predict(images), from: backend)
        }
        return predictions
    }
}
