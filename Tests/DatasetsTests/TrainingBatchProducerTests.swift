import Tensors
import XCTest

@testable import Datasets

final class TrainingBatchProducerTests: XCTestCase {
    private static let normalization = ImageNormalization(mean: [0.25, 0.5, 0.75], standardDeviation: [0.5, 0.25, 1])

    static func producer(
        unlabelledBatch: Int = 6, seed: UInt64 = 5, normalization: ImageNormalization = normalization,
        labelledBatch: Int = 4, splitSeed: UInt64 = 1
    ) throws -> TrainingBatchProducer {
        let dataset = try ImageDataset.random(count: 300, height: 8, width: 8, channels: 3)
        return try TrainingBatchProducer(
            dataset: dataset, trainingSet: TrainingSet(split(of: dataset, seed: splitSeed), of: dataset),
            normalization: normalization,
            options: .init(labelledBatch: labelledBatch, unlabelledBatch: unlabelledBatch, seed: seed))
    }

    private static func split(of dataset: ImageDataset, seed: UInt64 = 1) throws -> DatasetSplit {
        try DatasetSplit(
            of: dataset,
            options: .init(
                sizes: .longTailed(
                    LongTailedSizes(labelledHead: 8, labelledImbalance: 4, unlabelledHead: 12, unlabelledImbalance: 4)),
                seed: seed))
    }

    /// Weak labelled, weak unlabelled, strong unlabelled, each from its own stream and in the order of the samplers.
    func testTheJointLayout() throws {
        let dataset = try ImageDataset.random(count: 300, height: 8, width: 8, channels: 3)
        let split = try Self.split(of: dataset)
        var producer = try Self.producer()
        let step = 3
        let batch = try producer.batch(at: step)

        var labelledSampler = BatchSampler(
            count: split.labelled.count, batchSize: 4, seed: 5, purpose: .labelledOrder)
        var unlabelledSampler = BatchSampler(
            count: split.unlabelled.count, batchSize: 6, seed: 5, purpose: .unlabelledOrder)
        let labelled = labelledSampler.batch(at: step).map { split.labelled[$0] }
        let unlabelled = unlabelledSampler.batch(at: step).map { split.unlabelled[$0] }
        func generator(_ purpose: RandomStream.Purpose, _ sample: Int) -> PhiloxGenerator {
            PhiloxGenerator(RandomStream(seed: 5, purpose: purpose, step: UInt32(step), sample: UInt32(sample)))
        }
        let weak = try (labelled + unlabelled).enumerated().map { sample, index in
            var generator = generator(.weakAugmentation, sample)
            return try dataset.image(at: index).view {
                Augmentation.daso.weak.append(to: &$0, drawingFrom: &generator)
            }
        }
        let strong = try unlabelled.enumerated().map { sample, index in
            var generator = generator(.strongAugmentation, sample)
            return try dataset.image(at: index).view {
                StrongAugmentation.daso.append(to: &$0, after: Augmentation.daso.weak, drawingFrom: &generator)
            }
        }
        let expected = (weak + strong).flatMap(\.pixels).enumerated().map { index, byte in
            (Float(byte) / 255 - Self.normalization.mean[index % 3]) / Self.normalization.standardDeviation[index % 3]
        }
        XCTAssertEqual(batch.step, step)
        let images = try DeviceImages(dataset, normalization: Self.normalization)
        XCTAssertEqual(try images.rendered(batch.views), expected)
        XCTAssertEqual(batch.labels, labelled.map { Int32($0 % 10) })
        XCTAssertEqual(batch.hiddenLabels, unlabelled.map { Int32($0 % 10) })
    }

    func testFurtherViewsStandBehindTheirKindAndChangeNoOther() throws {
        let dataset = try ImageDataset.random(count: 300, height: 8, width: 8, channels: 3)
        func batch(weak: Int, strong: Int) throws -> TrainingBatch {
            var producer = try TrainingBatchProducer(
                dataset: dataset, trainingSet: TrainingSet(Self.split(of: dataset), of: dataset),
                normalization: Self.normalization,
                options: .init(
                    labelledBatch: 4, unlabelledBatch: 6, weakViews: weak, strongViews: strong, seed: 5))
            return try producer.batch(at: 3)
        }
        let (one, all) = (try batch(weak: 1, strong: 1), try batch(weak: 2, strong: 2))
        func part(_ batch: TrainingBatch, _ index: Int) -> [[Int32]] {
            Array(batch.views.programs[4 + 6 * index..<4 + 6 * (index + 1)])
        }
        XCTAssertEqual(all.views.count, 4 + 4 * 6)
        XCTAssertEqual(all.views.programs.prefix(4), one.views.programs.prefix(4))
        XCTAssertEqual(part(all, 0), part(one, 0))
        XCTAssertEqual(part(all, 2), part(one, 1))
        XCTAssertNotEqual(part(all, 1), part(all, 0))
        XCTAssertNotEqual(part(all, 3), part(all, 2))
        XCTAssertEqual(try batch(weak: 1, strong: 0).views.programs, Array(one.views.programs.prefix(4 + 6)))
        assertInvalid("up to 2 weak and 2 strong views") { _ = try batch(weak: 3, strong: 0) }
    }

    func testTheBatchSaysWhichImagesItHolds() throws {
        let dataset = try ImageDataset.random(count: 300, height: 8, width: 8, channels: 3)
        let split = try DatasetSplit(
            of: dataset,
            options: .init(
                sizes: .longTailed(
                    LongTailedSizes(labelledHead: 8, labelledImbalance: 4, unlabelledHead: 12, unlabelledImbalance: 4)),
                labelledInUnlabelled: true, seed: 1))
        var producer = try TrainingBatchProducer(
            dataset: dataset, trainingSet: TrainingSet(split, of: dataset), normalization: Self.normalization,
            options: .init(labelledBatch: 4, unlabelledBatch: 60, seed: 5))
        let batch = try producer.batch(at: 0)
        XCTAssertEqual(batch.labels, batch.labelledIndices.map { Int32(dataset.labels[split.labelled[Int($0)]]) })
        XCTAssertEqual(
            batch.hiddenLabels, batch.unlabelledIndices.map { Int32(dataset.labels[split.unlabelled[Int($0)]]) })
        XCTAssertEqual(batch.isLabelledCopy, batch.unlabelledIndices.map { $0 < split.labelled.count })
        XCTAssertEqual(Set(batch.isLabelledCopy), [true, false])
    }

    func testAnyStepCanBeMadeDirectly() throws {
        var inOrder = try Self.producer()
        let batches = try (0..<20).map { try inOrder.batch(at: $0) }
        for step in [19, 0, 7] {
            var fresh = try Self.producer()
            XCTAssertEqual(try fresh.batch(at: step).views, batches[step].views)
        }
        XCTAssertEqual(Set(batches.map(\.views)).count, batches.count)
    }

    func testTheSeedChangesTheBatches() throws {
        var (one, other) = (try Self.producer(), try Self.producer(seed: 6))
        XCTAssertNotEqual(try one.batch(at: 0).views, try other.batch(at: 0).views)
    }

    func testWithoutUnlabelledImages() throws {
        var producer = try Self.producer(unlabelledBatch: 0)
        let batch = try producer.batch(at: 0)
        XCTAssertEqual(batch.views.count, 4)
        XCTAssertEqual(batch.hiddenLabels, [])
    }

    func testWhatMakesNoSenseIsRefused() throws {
        assertInvalid("labelled images, not 0") { _ = try Self.producer(labelledBatch: 0) }
        assertInvalid("labelled images, not \(Int.max)") { _ = try Self.producer(labelledBatch: .max) }
        assertInvalid("unlabelled images, not -1") { _ = try Self.producer(unlabelledBatch: -1) }
        assertInvalid("3 channels, the normalization 1") {
            _ = try Self.producer(normalization: DatasetName.fashionMNIST.normalization)
        }
        let large = try ImageDataset.random(count: 300, height: 8, width: 8, channels: 3)
        let small = try ImageDataset.random(count: 20, height: 8, width: 8, channels: 3)
        let split = try Self.split(of: large)
        assertInvalid("beyond the 20") {
            _ = try TrainingBatchProducer(
                dataset: small, trainingSet: TrainingSet(split, of: small), normalization: Self.normalization,
                options: .init(labelledBatch: 4, unlabelledBatch: 6, seed: 5))
        }
        var producer = try Self.producer()
        assertInvalid("got -1") { _ = try producer.batch(at: -1) }
        assertInvalid("got 4294967296") { _ = try producer.batch(at: 1 << 32) }
    }

    /// The class-balanced batch comes last, and changes nothing of what is before it.
    func testTheClassBalancedBatchHasAllClassesEquallyOften() throws {
        let dataset = try ImageDataset.random(count: 300, height: 8, width: 8, channels: 3)
        let trainingSet = try TrainingSet(Self.split(of: dataset), of: dataset)
        func batch(balanced: Int) throws -> TrainingBatch {
            var producer = try TrainingBatchProducer(
                dataset: dataset, trainingSet: trainingSet, normalization: Self.normalization,
                options: .init(labelledBatch: 4, unlabelledBatch: 6, balancedBatch: balanced, seed: 5))
            return try producer.batch(at: 2)
        }
        let (without, with) = (try batch(balanced: 0), try batch(balanced: 25))
        XCTAssertEqual(without.balancedLabels, [])
        XCTAssertEqual(with.views.count, without.views.count + 25)
        XCTAssertEqual(Array(with.views.programs.prefix(without.views.count)), without.views.programs)
        let counts = Dictionary(grouping: with.balancedLabels) { $0 }.values.map(\.count)
        XCTAssertEqual(counts.count, 10)
        XCTAssertTrue(counts.allSatisfy { (2...3).contains($0) }, "\(counts)")
    }
}
