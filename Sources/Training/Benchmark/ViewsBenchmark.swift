import Datasets
import Tensors

/// Times what a training step needs of the data: which images and views are drawn on the host, and the views are made on
/// the device, in DASO's form, of random images of 32×32×3 that lie there as bytes.
public struct ViewsBenchmark: Benchmark {
    private let images: DeviceImages
    private let producer: TrainingBatchProducer
    private let labelled: Int
    private let unlabelled: Int
    private let backend: any Backend

    /// - Parameters:
    ///   - labelled: labelled images of a step, in one weak view each.
    ///   - unlabelled: unlabelled images of a step, each in a weak and a strong view.
    /// - Throws: `DatasetError.invalid` for batches that cannot be made, and what the backend throws.
    public init(labelled: Int, unlabelled: Int, on backend: any Backend) throws {
        let (count, classes, side, channels) = (10_000, 10, 32, 3)
        // A part of them, again and again: no view is the same, and the data are there at once.
        var generator = PhiloxGenerator(RandomStream(seed: 0, purpose: .testing))
        let part = (0..<100 * side * side * channels / 4).flatMap { _ in
            withUnsafeBytes(of: generator.nextWord(), Array.init)
        }
        let pixels = (0..<count / 100).reduce(into: [UInt8]()) { pixels, _ in pixels += part }
        let dataset = try ImageDataset(
            name: "random", height: side, width: side, channels: channels, pixels: pixels,
            labels: (0..<count).map { $0 % classes }, classNames: (0..<classes).map { "class \($0)" })
        let normalization = ImageNormalization(
            mean: [Float](repeating: 0.5, count: channels), standardDeviation: [Float](repeating: 0.25, count: channels)
        )
        images = try DeviceImages(dataset, normalization: normalization)
        producer = try TrainingBatchProducer(
            dataset: dataset,
            trainingSet: TrainingSet(
                labelled: Array(0..<count / 2), labels: Array(dataset.labels.prefix(count / 2)),
                unlabelled: Array(count / 2..<count), of: dataset),
            normalization: normalization,
            options: TrainingBatchProducer.Options(
                labelledBatch: labelled, unlabelledBatch: unlabelled, augmentation: .daso, seed: 0))
        (self.labelled, self.unlabelled, self.backend) = (labelled, unlabelled, backend)
    }

    /// Makes the views of so many steps.
    public func warmUp(steps: Int) throws {
        var producer = producer
        for step in 0..<steps { try makeViews(step, &producer) }
    }

    /// Makes the views of `steps` steps, each waited for. No arithmetic of networks is counted.
    public func run(steps: Int) throws -> BenchmarkTiming {
        var producer = producer
        return try BenchmarkTiming(
            BenchmarkTiming.Work(
                labelled: labelled, unlabelled: unlabelled, precision: .single, images: labelled + 2 * unlabelled,
                floatingPointOperations: 0),
            steps: steps, on: backend
        ) { step in
            try makeViews(step, &producer)
        }
    }

    private func makeViews(_ step: Int, _ producer: inout TrainingBatchProducer) throws {
        _ = try images.views(producer.batch(at: step).views, on: backend)
        try backend.synchronize()
    }
}
