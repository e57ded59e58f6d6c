import Tensors

/// Makes the batch of any training step, as a function of the step alone.
public protocol BatchProducer: Sendable {
    /// The batch of the 0-based step `step`. Mutating only because what was made last may be kept at hand.
    ///
    /// - Throws: `DatasetError.invalid` if the step does not fit 32 bits.
    mutating func batch(at step: Int) throws -> TrainingBatch
}

extension BatchProducer {
    /// A step as random streams name it.
    ///
    /// - Throws: `DatasetError.invalid` if it does not fit 32 bits.
    func stepOfStream(_ step: Int) throws -> UInt32 {
        guard let stepOfStream = UInt32(exactly: step) else {
            throw DatasetError.invalid("steps count from 0 to \(UInt32.max), got \(step)")
        }
        return stepOfStream
    }
}

extension ImagePrograms {
    /// No programs yet, for images of this data set.
    ///
    /// - Parameter viewSide: rows and columns of the views; nil for the images' own.
    /// - Throws: `TensorError.invalidArgument` if the images are too large, or the views larger than these.
    init(for dataset: ImageDataset, viewSide: Int? = nil) throws {
        try self.init(
            height: dataset.height, width: dataset.width, channels: dataset.channels,
            viewSize: viewSide.map { Size(height: $0, width: $0) })
    }

    /// A view of each of these images, drawn from a stream of its own: (seed, purpose, step, place in the list).
    mutating func appendViews(
        of images: [Int], seed: UInt64, purpose: RandomStream.Purpose, step: UInt32,
        _ view: (inout ImagePrograms, inout PhiloxGenerator) -> Void
    ) {
        for (sample, image) in images.enumerated() {
            var generator = PhiloxGenerator(
                RandomStream(seed: seed, purpose: purpose, step: step, sample: UInt32(truncatingIfNeeded: sample)))
            begin(source: image)
            view(&self, &generator)
        }
    }
}
