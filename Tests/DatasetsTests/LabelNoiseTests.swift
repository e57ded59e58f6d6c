import Datasets
import XCTest

final class LabelNoiseTests: XCTestCase {
    private let dataset = Result { try ImageDataset.random(count: 4000, height: 1, width: 1) }

    private func split(_ noise: LabelNoise?, seed: UInt64 = 1) throws -> DatasetSplit {
        try DatasetSplit(
            of: dataset.get(),
            options: .init(
                sizes: .longTailed(
                    LongTailedSizes(
                        labelledHead: 300, labelledImbalance: 20, unlabelledHead: 50, unlabelledImbalance: 5)),
                seed: seed,
                labelNoise: noise))
    }

    /// The wrong labels of each class that they went to, and how many there are.
    private func wrong(_ split: DatasetSplit) throws -> (byNewClass: [Int], count: Int) {
        let labels = try dataset.get().labels
        var counts = Array(repeating: 0, count: 10)
        for (label, index) in zip(try XCTUnwrap(split.noisyLabels), split.labelled) where label != labels[index] {
            counts[label] += 1
        }
        return (counts, counts.reduce(0, +))
    }

    func testImagesAndCountsStayAndOnlyLabelsChange() throws {
        let (clean, noisy) = (try split(nil), try split(LabelNoise(.symmetric, rate: 0.4)))
        XCTAssertNil(clean.noisyLabels)
        XCTAssertEqual(noisy.labelled, clean.labelled)
        XCTAssertEqual(noisy.unlabelled, clean.unlabelled)
        XCTAssertEqual(noisy.labelledCounts, clean.labelledCounts)
        let set = try TrainingSet(noisy, of: dataset.get())
        XCTAssertEqual(set.labels, noisy.noisyLabels)
        XCTAssertNotEqual(set.labelCounts(classes: 10), noisy.labelledCounts)
        XCTAssertEqual(try TrainingSet(clean, of: dataset.get()).labelCounts(classes: 10), clean.labelledCounts)
    }

    func testEachKindMakesAsManyLabelsWrongAsWished() throws {
        let total = try split(nil).labelled.count
        for kind in [LabelNoise.Kind.symmetric, .imbalanced] {
            XCTAssertEqual(try wrong(split(LabelNoise(kind, rate: 0.4))).count, Int(0.4 * Double(total)))
        }
        // Here the right class may be drawn again: about 0.4 are wrong, within four standard deviations.
        let wished = 0.4 * Double(total)
        XCTAssertEqual(
            Double(try wrong(split(LabelNoise(.prior, rate: 0.4))).count), wished, accuracy: 4 * wished.squareRoot())
    }

    func testSymmetricNoiseFillsTheTailAndImbalancedNoiseTheHead() throws {
        let symmetric = try wrong(split(LabelNoise(.symmetric, rate: 0.4))).byNewClass
        let imbalanced = try wrong(split(LabelNoise(.imbalanced, rate: 0.4))).byNewClass
        XCTAssertGreaterThan(symmetric[9], symmetric[0])
        XCTAssertGreaterThan(imbalanced[0], 4 * imbalanced[9])
    }

    func testTheSeedDecides() throws {
        let noise = LabelNoise(.prior, rate: 0.3)
        XCTAssertEqual(try split(noise).noisyLabels, try split(noise).noisyLabels)
        XCTAssertNotEqual(try split(noise).noisyLabels, try split(noise, seed: 2).noisyLabels)
    }

    func testWhatCannotBeIsRefused() {
        assertInvalid("from 0 to 1, not 1.5") { _ = try split(LabelNoise(.symmetric, rate: 1.5)) }
        assertInvalid("lower the label noise") { _ = try split(LabelNoise(.prior, rate: 0.95)) }
        assertInvalid("leaves class", "without a label") {
            _ = try DatasetSplit(
                of: dataset.get(),
                options: .init(
                    sizes: .longTailed(
                        LongTailedSizes(
                            labelledHead: 4, labelledImbalance: 4, unlabelledHead: 5, unlabelledImbalance: 1)), seed: 1,
                    labelNoise: LabelNoise(.imbalanced, rate: 1)))
        }
        assertInvalid("3 labelled images have 2 labels") {
            _ = try TrainingSet(labelled: [0, 1, 2], labels: [0, 1], unlabelled: [], of: dataset.get())
        }
        assertInvalid("a label is not one of the 10 classes") {
            _ = try TrainingSet(labelled: [0], labels: [10], unlabelled: [], of: dataset.get())
        }
        assertInvalid("beyond the 4000") {
            _ = try TrainingSet(labelled: [0], labels: [0], unlabelled: [4000], of: dataset.get())
        }
    }
}
