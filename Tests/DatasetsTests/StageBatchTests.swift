import Tensors
import XCTest

@testable import Datasets

final class StageBatchTests: XCTestCase {
    private let normalization = ImageNormalization(mean: [0.25, 0.5, 0.75], standardDeviation: [0.5, 0.25, 1])

    func testTwoViewsOfEachImageInTheSameOrder() throws {
        // Each image has one value, which a crop keeps; tones change it, so that only whole batches can be told apart.
        let dataset = try ImageDataset.random(count: 60, height: 8, width: 8, channels: 3)
        func producer() throws -> TwoViewBatchProducer {
            try TwoViewBatchProducer(
                dataset: dataset, members: Array(10..<50), batchSize: 6, augmentation: ContrastiveAugmentation(),
                normalization: normalization, seed: 3)
        }
        var inOrder = try producer()
        let batches = try (0..<8).map { try inOrder.batch(at: $0) }
        XCTAssertEqual(batches[0].images.count, 2 * 6 * 8 * 8 * 3)
        XCTAssertEqual(batches[0].labels, [])
        let half = batches[0].images.count / 2
        XCTAssertNotEqual(batches[0].images.prefix(half), batches[0].images.suffix(half))
        for step in [7, 0, 3] {
            var fresh = try producer()
            XCTAssertEqual(try fresh.batch(at: step).images, batches[step].images)
        }
        var sampler = BatchSampler(count: 40, batchSize: 6, seed: 3, purpose: .unlabelledOrder)
        let first = 10 + sampler.batch(at: 0)[0]
        var generator = PhiloxGenerator(RandomStream(seed: 3, purpose: .weakAugmentation, step: 0, sample: 0))
        let view = ContrastiveAugmentation().view(of: dataset.image(at: first), drawingFrom: &generator)
        XCTAssertEqual(Array(batches[0].images.prefix(8 * 8 * 3)), normalization.normalized([view]))
        assertInvalid("out of 0 images") {
            _ = try TwoViewBatchProducer(
                dataset: dataset, members: [], batchSize: 6, augmentation: ContrastiveAugmentation(),
                normalization: normalization, seed: 3)
        }
    }

    func testBalancedBatchesHaveSoManyImagesOfSoManyClasses() throws {
        let dataset = try ImageDataset.random(count: 60, height: 8, width: 8, channels: 3)
        // Class 0 has one labelled image, class 1 three.
        let set = try TrainingSet(
            labelled: [0, 1, 11, 21, 2, 12, 3, 13], labels: [0, 1, 1, 1, 2, 2, 3, 3], unlabelled: [], of: dataset)
        var producer = try ClassBalancedBatchProducer(
            dataset: dataset, trainingSet: set, composition: .groups(classes: 3, imagesPerClass: 4),
            normalization: normalization, augmentation: .daso, seed: 3)
        var seen: Set<Int32> = []
        for step in 0..<10 {
            let batch = try producer.batch(at: step)
            let counts = Dictionary(grouping: batch.labels) { $0 }.mapValues(\.count)
            XCTAssertEqual(counts.values.sorted(), [4, 4, 4])
            XCTAssertEqual(batch.labels, batch.labelledIndices.map { Int32(set.labels[Int($0)]) })
            XCTAssertEqual(batch.images.count, 12 * 8 * 8 * 3)
            // All of a class's images before one comes again.
            let ofClass1 = zip(batch.labels, batch.labelledIndices).filter { $0.0 == 1 }.map(\.1)
            if !ofClass1.isEmpty { XCTAssertEqual(Set(ofClass1).count, 3) }
            seen.formUnion(batch.labels)
        }
        XCTAssertEqual(seen, [0, 1, 2, 3])
        assertInvalid("nothing to compare") {
            _ = try ClassBalancedBatchProducer(
                dataset: dataset, trainingSet: set, composition: .groups(classes: 1, imagesPerClass: 4),
                normalization: normalization, augmentation: .daso, seed: 3)
        }
    }

    func testBalancedBatchesOfManyImagesHaveAllClassesInTurn() throws {
        let dataset = try ImageDataset.random(count: 60, height: 8, width: 8, channels: 3)
        let set = try TrainingSet(
            labelled: [0, 1, 11, 21, 2, 12, 3, 13], labels: [0, 1, 1, 1, 2, 2, 3, 3], unlabelled: [], of: dataset)
        func producer(_ count: Int) throws -> ClassBalancedBatchProducer {
            try ClassBalancedBatchProducer(
                dataset: dataset, trainingSet: set, composition: .images(count), normalization: normalization,
                augmentation: .daso, seed: 3)
        }
        var inOrder = try producer(10)
        var seen: Set<Int32> = []
        for step in 0..<10 {
            let batch = try inOrder.batch(at: step)
            let counts = Dictionary(grouping: batch.labels) { $0 }.mapValues(\.count)
            XCTAssertEqual(counts.values.sorted(), [2, 2, 3, 3])
            XCTAssertEqual(batch.labels, batch.labelledIndices.map { Int32(set.labels[Int($0)]) })
            XCTAssertEqual(batch.images.count, 10 * 8 * 8 * 3)
            var fresh = try producer(10)
            XCTAssertEqual(try fresh.batch(at: step).images, batch.images)
            seen.formUnion(batch.labelledIndices)
        }
        XCTAssertEqual(seen.count, set.labelled.count)
        assertInvalid("batches of 0") { _ = try producer(0) }
    }

    func testCropsAreStretchedToTheWholeSize() throws {
        let image = try ByteImage(height: 2, width: 4, channels: 1, pixels: [0, 40, 80, 120, 100, 140, 180, 220])
        XCTAssertEqual(image.resizedCrop(row: 0, column: 0, rows: 2, columns: 4), image)
        XCTAssertEqual(
            image.resizedCrop(row: 1, column: 2, rows: 1, columns: 2).pixels,
            // Half way, three quarters, … between 180 and 220 at pixel centres; the border repeats.
            [180, 190, 210, 220, 180, 190, 210, 220])
        XCTAssertEqual(
            image.resizedCrop(row: 1, column: 3, rows: 1, columns: 1).pixels, Array(repeating: 220, count: 8))
    }

    func testAViewKeepsTheSizeAndAFullCropOfOneValueStaysOneValue() throws {
        for sample in 0..<50 {
            var generator = PhiloxGenerator(
                RandomStream(seed: 1, purpose: .testing, step: 0, sample: UInt32(sample)))
            let image = try ByteImage(
                height: 7, width: 9, channels: 3, pixels: Array(repeating: 100, count: 7 * 9 * 3))
            let view = ContrastiveAugmentation(smallestCrop: 0).view(of: image, drawingFrom: &generator)
            XCTAssertEqual(view.pixels.count, image.pixels.count)
            XCTAssertEqual(Set(view.pixels).count, 1)
        }
    }
}
