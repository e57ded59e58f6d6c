import Tensors
import XCTest

@testable import Datasets

final class StageBatchTests: XCTestCase {
    func testTwoViewsOfEachImageInTheSameOrder() throws {
        // Each image has one value, which a crop keeps; tones change it, so that only whole batches can be told apart.
        let dataset = try ImageDataset.random(count: 60, height: 8, width: 8, channels: 3)
        func producer() throws -> TwoViewBatchProducer {
            try TwoViewBatchProducer(
                dataset: dataset, members: Array(10..<50), batchSize: 6, augmentation: ContrastiveAugmentation(),
                seed: 3)
        }
        var inOrder = try producer()
        let batches = try (0..<8).map { try inOrder.batch(at: $0) }
        let programs = batches[0].views.programs
        XCTAssertEqual(programs.count, 2 * 6)
        XCTAssertEqual(batches[0].views.sources.prefix(6), batches[0].views.sources.suffix(6))
        XCTAssertEqual(batches[0].labels, [])
        XCTAssertNotEqual(programs.prefix(6), programs.suffix(6))
        for step in [7, 0, 3] {
            var fresh = try producer()
            XCTAssertEqual(try fresh.batch(at: step).views, batches[step].views)
        }
        var sampler = BatchSampler(count: 40, batchSize: 6, seed: 3, purpose: .unlabelledOrder)
        let first = 10 + sampler.batch(at: 0)[0]
        var generator = PhiloxGenerator(RandomStream(seed: 3, purpose: .weakAugmentation, step: 0, sample: 0))
        var view = try ImagePrograms(for: dataset)
        view.begin(source: first)
        ContrastiveAugmentation().append(to: &view, drawingFrom: &generator)
        XCTAssertEqual(programs[0], view.words)
        assertInvalid("out of 0 images") {
            _ = try TwoViewBatchProducer(
                dataset: dataset, members: [], batchSize: 6, augmentation: ContrastiveAugmentation(),
                seed: 3)
        }
    }

    func testUnlabelledImagesFollowInAWeakAndAStrongView() throws {
        let dataset = try ImageDataset.random(count: 60, height: 8, width: 8, channels: 3)
        let set = try TrainingSet(
            labelled: [0, 1, 11, 2], labels: [0, 1, 1, 2], unlabelled: Array(20..<50), of: dataset)
        let labelled = try ClassBalancedBatchProducer(
            dataset: dataset, trainingSet: set, composition: .images(3), augmentation: .daso, seed: 3)
        func producer(of unlabelled: [Int]) throws -> UnlabelledViewsBatchProducer {
            try UnlabelledViewsBatchProducer(
                after: labelled, dataset: dataset, unlabelled: unlabelled, batchSize: 4, augmentation: .daso,
                normalization: ImageNormalization(mean: [0, 0, 0], standardDeviation: [1, 1, 1]), seed: 3)
        }
        var inOrder = try producer(of: set.unlabelled)
        var alone = labelled
        for step in 0..<9 {
            let batch = try inOrder.batch(at: step)
            let plain = try alone.batch(at: step)
            let images = batch.unlabelledIndices.map { set.unlabelled[Int($0)] }
            XCTAssertEqual(batch.labels, plain.labels)
            XCTAssertEqual(batch.views.sources, plain.views.sources + images + images)
            XCTAssertEqual(Array(batch.views.programs.prefix(3)), plain.views.programs)
            XCTAssertNotEqual(batch.views.programs[3..<7], batch.views.programs[7..<11])
            XCTAssertEqual(batch.hiddenLabels, images.map { Int32(dataset.labels[$0]) })
            var fresh = try producer(of: set.unlabelled)
            XCTAssertEqual(try fresh.batch(at: step).views, batch.views)
        }
        assertInvalid("out of 0 unlabelled images") { _ = try producer(of: []) }
    }

    func testBalancedBatchesHaveSoManyImagesOfSoManyClasses() throws {
        let dataset = try ImageDataset.random(count: 60, height: 8, width: 8, channels: 3)
        // Class 0 has one labelled image, class 1 three.
        let set = try TrainingSet(
            labelled: [0, 1, 11, 21, 2, 12, 3, 13], labels: [0, 1, 1, 1, 2, 2, 3, 3], unlabelled: [], of: dataset)
        var producer = try ClassBalancedBatchProducer(
            dataset: dataset, trainingSet: set, composition: .groups(classes: 3, imagesPerClass: 4),
            augmentation: .daso, seed: 3)
        var seen: Set<Int32> = []
        for step in 0..<10 {
            let batch = try producer.batch(at: step)
            let counts = Dictionary(grouping: batch.labels) { $0 }.mapValues(\.count)
            XCTAssertEqual(counts.values.sorted(), [4, 4, 4])
            XCTAssertEqual(batch.labels, batch.labelledIndices.map { Int32(set.labels[Int($0)]) })
            XCTAssertEqual(batch.views.count, 12)
            // All of a class's images before one comes again.
            let ofClass1 = zip(batch.labels, batch.labelledIndices).filter { $0.0 == 1 }.map(\.1)
            if !ofClass1.isEmpty { XCTAssertEqual(Set(ofClass1).count, 3) }
            seen.formUnion(batch.labels)
        }
        XCTAssertEqual(seen, [0, 1, 2, 3])
        assertInvalid("nothing to compare") {
            _ = try ClassBalancedBatchProducer(
                dataset: dataset, trainingSet: set, composition: .groups(classes: 1, imagesPerClass: 4),
                augmentation: .daso, seed: 3)
        }
    }

    func testBalancedBatchesOfManyImagesHaveAllClassesInTurn() throws {
        let dataset = try ImageDataset.random(count: 60, height: 8, width: 8, channels: 3)
        let set = try TrainingSet(
            labelled: [0, 1, 11, 21, 2, 12, 3, 13], labels: [0, 1, 1, 1, 2, 2, 3, 3], unlabelled: [], of: dataset)
        func producer(_ count: Int) throws -> ClassBalancedBatchProducer {
            try ClassBalancedBatchProducer(
                dataset: dataset, trainingSet: set, composition: .images(count),
                augmentation: .daso, seed: 3)
        }
        var inOrder = try producer(10)
        var seen: Set<Int32> = []
        for step in 0..<10 {
            let batch = try inOrder.batch(at: step)
            let counts = Dictionary(grouping: batch.labels) { $0 }.mapValues(\.count)
            XCTAssertEqual(counts.values.sorted(), [2, 2, 3, 3])
            XCTAssertEqual(batch.labels, batch.labelledIndices.map { Int32(set.labels[Int($0)]) })
            XCTAssertEqual(batch.views.count, 10)
            var fresh = try producer(10)
            XCTAssertEqual(try fresh.batch(at: step).views, batch.views)
            seen.formUnion(batch.labelledIndices)
        }
        XCTAssertEqual(seen.count, set.labelled.count)
        assertInvalid("batches of 0") { _ = try producer(0) }
    }

    func testCropsAreStretchedToTheWholeSize() throws {
        let image = try ByteImage(height: 2, width: 4, channels: 1, pixels: [0, 40, 80, 120, 100, 140, 180, 220])
        XCTAssertEqual(try image.view { $0.resizedCrop(row: 0, column: 0, rows: 2, columns: 4) }, image)
        XCTAssertEqual(
            try image.view { $0.resizedCrop(row: 1, column: 2, rows: 1, columns: 2) }.pixels,
            // Half way, three quarters, … between 180 and 220 at pixel centres; the border repeats.
            [180, 190, 210, 220, 180, 190, 210, 220])
        XCTAssertEqual(
            try image.view { $0.resizedCrop(row: 1, column: 3, rows: 1, columns: 1) }.pixels,
            Array(repeating: 220, count: 8))
    }

    func testAViewKeepsTheSizeAndAFullCropOfOneValueStaysOneValue() throws {
        for sample in 0..<50 {
            var generator = PhiloxGenerator(
                RandomStream(seed: 1, purpose: .testing, step: 0, sample: UInt32(sample)))
            let image = try ByteImage(
                height: 7, width: 9, channels: 3, pixels: Array(repeating: 100, count: 7 * 9 * 3))
            let view = try image.view {
                ContrastiveAugmentation(smallestCrop: 0).append(to: &$0, drawingFrom: &generator)
            }
            XCTAssertEqual(view.pixels.count, image.pixels.count)
            XCTAssertEqual(Set(view.pixels).count, 1)
        }
    }
}
