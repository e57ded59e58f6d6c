import Datasets
import XCTest

final class EvaluationBatchesTests: XCTestCase {
    private let normalization = ImageNormalization(mean: [0.5], standardDeviation: [0.25])

    private func normalized(_ pixels: [UInt8]) -> [Float] {
        pixels.map { (Float($0) / 255 - 0.5) / 0.25 }
    }

    func testAllImagesInOrderAndTheLastBatchIsShort() throws {
        let dataset = try ImageDataset.random(count: 11, height: 2, width: 3)
        let batches = try EvaluationBatches(dataset, batchSize: 4, normalization: normalization)
        XCTAssertEqual(batches.map(\.labels.count), [4, 4, 3])
        XCTAssertEqual(batches.flatMap(\.images), normalized(Array(dataset.pixels)))
        XCTAssertEqual(batches.flatMap(\.labels), dataset.labels.map(Int32.init))
    }

    func testAPartOfTheImages() throws {
        let dataset = try ImageDataset.random(count: 11, height: 2, width: 3)
        let batches = try EvaluationBatches(dataset, members: [7, 2], batchSize: 4, normalization: normalization)
        XCTAssertEqual(batches.count, 1)
        XCTAssertEqual(batches[0].labels, [7, 2])
        XCTAssertEqual(batches[0].images, normalized(dataset.image(at: 7).pixels + dataset.image(at: 2).pixels))
        let none = try EvaluationBatches(dataset, members: [], batchSize: 4, normalization: normalization)
        XCTAssertTrue(none.isEmpty)
    }

    func testWhatMakesNoSenseIsRefused() throws {
        let dataset = try ImageDataset.random(count: 3)
        assertInvalid("at least 1 image, not 0") {
            _ = try EvaluationBatches(dataset, batchSize: 0, normalization: normalization)
        }
        assertInvalid("beyond the 3") {
            _ = try EvaluationBatches(dataset, members: [3], batchSize: 1, normalization: normalization)
        }
        assertInvalid("1 channels, the normalization 3") {
            _ = try EvaluationBatches(dataset, batchSize: 1, normalization: DatasetName.cifar10.normalization)
        }
    }
}
