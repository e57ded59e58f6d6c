import CPUBackend
import Tensors
import XCTest

@testable import Datasets

final class DeviceImagesTests: XCTestCase {
    private let normalization = ImageNormalization(mean: [0.25, 0.5, 0.75], standardDeviation: [0.5, 0.25, 1])

    func testImagesAreNormalisedAndInTheOrderAskedFor() throws {
        let dataset = try ImageDataset.random(count: 11, height: 2, width: 3)
        let images = try DeviceImages(
            dataset, normalization: ImageNormalization(mean: [0.5], standardDeviation: [0.25]))
        let backend = CPUBackend()
        let taken = try images.images(at: [7, 2, 7], on: backend)
        XCTAssertEqual(taken.shape, [3, 2, 3, 1])
        XCTAssertEqual(
            try backend.read(taken).floats,
            [7, 2, 7].flatMap { dataset.image(at: $0).pixels }.map { (Float($0) / 255 - 0.5) / 0.25 })
        XCTAssertEqual(try images.images(at: [], on: backend).shape, [0, 2, 3, 1])
    }

    /// A limit decides where the images lie, and nothing else.
    func testViewsAreTheSameWhetherOrNotTheImagesFit() throws {
        let dataset = try ImageDataset.random(count: 4_000, height: 8, width: 8, channels: 3)
        let set = try TrainingSet(
            labelled: Array(0..<20), labels: Array(dataset.labels.prefix(20)), unlabelled: Array(20..<40), of: dataset)
        var producer = try TrainingBatchProducer(
            dataset: dataset, trainingSet: set, normalization: normalization,
            options: .init(labelledBatch: 10, unlabelledBatch: 15, seed: 5))
        let size = dataset.pixels.count
        let resident = try DeviceImages(dataset, normalization: normalization)
        for limit in [size, size - 1, 0] {
            let (backend, other) = (CPUBackend(), CPUBackend())
            let images = try DeviceImages(dataset, normalization: normalization, memoryLimit: limit)
            for step in 0..<3 {
                let views = try producer.batch(at: step).views
                XCTAssertEqual(
                    try backend.read(images.views(views, on: backend)),
                    try other.read(resident.views(views, on: other)))
            }
            XCTAssertEqual(backend.statistics.allocatedBytes >= size, limit >= size)
        }
    }

    func testWhatMakesNoSenseIsRefused() throws {
        let dataset = try ImageDataset.random(count: 3, channels: 3)
        assertInvalid("3 channels, the normalization 1") {
            _ = try DeviceImages(dataset, normalization: DatasetName.fashionMNIST.normalization)
        }
        for limit in [0, 1 << 20] {
            let images = try DeviceImages(dataset, normalization: normalization, memoryLimit: limit)
            for stray in [-1, 3] {
                XCTAssertThrowsError(try images.images(at: [stray], on: CPUBackend())) { error in
                    XCTAssertTrue("\(error)".contains("made of image \(stray), there are 3"), "\(error)")
                }
            }
        }
    }
}
