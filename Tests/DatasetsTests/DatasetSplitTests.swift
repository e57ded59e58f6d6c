import Datasets
import Foundation
import XCTest

final class DatasetSplitTests: XCTestCase {
    private let labelledCounts = [20, 15, 11, 9, 7, 5, 4, 3, 2, 2]
    private let unlabelledCounts = [30, 25, 20, 17, 14, 12, 10, 8, 7, 6]

    /// 10 classes of 60 images, split with the counts above unless somebody asks for something else.
    private func split(
        sizes change: (inout LongTailedSizes) -> Void = { _ in },
        options changeOptions: (inout DatasetSplit.Options) -> Void = { _ in }
    ) throws -> DatasetSplit {
        var sizes = LongTailedSizes(
            labelledHead: 20, labelledImbalance: 10, unlabelledHead: 30, unlabelledImbalance: 5)
        change(&sizes)
        var options = DatasetSplit.Options(sizes: .longTailed(sizes), seed: 1)
        changeOptions(&options)
        return try DatasetSplit(of: try .random(count: 600, height: 1, width: 1), options: options)
    }

    /// Image i is of class i mod 10.
    private func classSizes(_ indices: [Int]) -> [Int] {
        indices.reduce(into: Array(repeating: 0, count: 10)) { $0[$1 % 10] += 1 }
    }

    func testCountsFallTheSameWay() throws {
        let split = try split()
        XCTAssertEqual(split.labelledCounts, labelledCounts)
        XCTAssertEqual(split.unlabelledCounts, unlabelledCounts)
        XCTAssertEqual(classSizes(split.labelled), labelledCounts)
        XCTAssertEqual(classSizes(split.unlabelled), unlabelledCounts)
        XCTAssertTrue(split.validation.isEmpty)
    }

    func testReversedUnlabelled() throws {
        let split = try split { $0.unlabelledOrder = .reversed }
        XCTAssertEqual(split.unlabelledCounts, unlabelledCounts.reversed())
        XCTAssertEqual(classSizes(split.unlabelled), unlabelledCounts.reversed())
        XCTAssertEqual(classSizes(split.labelled), labelledCounts)
    }

    func testUniformUnlabelledKeepsTheHeadInEachClass() throws {
        let split = try split { $0.unlabelledOrder = .uniform }
        XCTAssertEqual(classSizes(split.unlabelled), Array(repeating: 30, count: 10))
    }

    func testLabelledUnlabelledAndValidationAreDisjoint() throws {
        let split = try split(options: { $0.validationPerClass = 7 })
        let all = split.labelled + split.unlabelled + split.validation
        XCTAssertEqual(Set(all).count, all.count)
        XCTAssertEqual(classSizes(split.validation), Array(repeating: 7, count: 10))
        XCTAssertEqual(classSizes(split.labelled), labelledCounts)
    }

    func testLabelledImagesCanBeAmongTheUnlabelledOnes() throws {
        let disjoint = try split()
        let split = try split(options: { $0.labelledInUnlabelled = true })
        XCTAssertEqual(split.unlabelled, split.labelled + disjoint.unlabelled)
        XCTAssertEqual(split.unlabelledCounts, classSizes(split.unlabelled))
    }

    /// Classes of 100, 31 and 1 images, split by a part of each.
    private func natural(_ fraction: Double, validationPerClass: Int = 0) throws -> DatasetSplit {
        let labels = [100, 31, 1].enumerated().flatMap { Array(repeating: $0, count: $1) }
        let dataset = try ImageDataset(
            name: "natural", height: 1, width: 1, channels: 1, pixels: Array(repeating: 0, count: labels.count),
            labels: labels, classNames: ["wren", "owl", "kakapo"])
        return try DatasetSplit(
            of: dataset,
            options: DatasetSplit.Options(
                sizes: .labelledFraction(fraction), validationPerClass: validationPerClass, seed: 1))
    }

    func testTheRestCanBeUnlabelledAndSoCanNothing() throws {
        let rest = try split { $0.unlabelledOrder = .rest }
        XCTAssertEqual(rest.unlabelledCounts, labelledCounts.map { 60 - $0 })
        XCTAssertEqual((rest.labelled + rest.unlabelled).sorted(), Array(0..<600))
        let none = try split { $0.unlabelledHead = 0 }
        XCTAssertEqual(none.unlabelled, [])
        XCTAssertEqual(none.labelled, try split().labelled)
    }

    func testImagesWhoseClassNobodyKnowsAreAllUnlabelled() throws {
        let dataset = try ImageDataset(
            name: "partly", height: 1, width: 1, channels: 1, pixels: Array(repeating: 0, count: 9),
            labels: [-1, 0, 1, -1, 0, 1, 0, -1, 1], classNames: ["a", "b"])
        XCTAssertEqual(dataset.classCounts, [3, 3])
        func split(_ fraction: Double, labelledToo: Bool = false) throws -> DatasetSplit {
            try DatasetSplit(
                of: dataset,
                options: DatasetSplit.Options(
                    sizes: .labelledFraction(fraction), labelledInUnlabelled: labelledToo, seed: 1))
        }
        let all = try split(1)
        XCTAssertEqual(all.unlabelled, [0, 3, 7])
        XCTAssertEqual(all.unlabelledCounts, [0, 0])
        XCTAssertNil(all.hiddenCounts)
        XCTAssertEqual(try TrainingSet(all, of: dataset).labels, [0, 0, 0, 1, 1, 1])
        let part = try split(0.3, labelledToo: true)
        XCTAssertEqual(part.unlabelledCounts, [3, 3])
        XCTAssertEqual(part.unlabelled.sorted(), Array(0..<9))
        XCTAssertEqual(try self.split().hiddenCounts, unlabelledCounts)
    }

    func testAFractionOfEachClassIsLabelledAndTheRestIsNot() throws {
        let split = try natural(0.1)
        XCTAssertEqual(split.labelledCounts, [10, 4, 1])
        XCTAssertEqual(split.unlabelledCounts, [90, 27, 0])
        XCTAssertEqual((split.labelled + split.unlabelled).sorted(), Array(0..<132))
        XCTAssertEqual(try natural(0.07).labelledCounts, [7, 3, 1], "0.07 · 100 is above 7 in double precision")
        XCTAssertEqual(try natural(1).labelledCounts, [100, 31, 1])
        XCTAssertEqual(try natural(.leastNonzeroMagnitude).labelledCounts, [1, 1, 1])
        XCTAssertEqual(try JSONDecoder().decode(DatasetSplit.self, from: JSONEncoder().encode(split)), split)
    }

    func testAFractionThatCannotBeIsRefused() {
        for fraction in [0, -0.1, 1.1, .nan, .infinity] {
            assertInvalid("above 0 and at most 1") { _ = try natural(fraction) }
        }
        assertInvalid("class 2", "no training image") { _ = try natural(0.5, validationPerClass: 1) }
    }

    /// Runs that were begun by an earlier version are gone on with, if their file reads the same.
    func testTheFileOfASplitStaysWhatItIs() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        XCTAssertEqual(
            String(decoding: try encoder.encode(try split().options), as: UTF8.self),
            #"{"labelledHead":20,"labelledImbalance":10,"labelledInUnlabelled":false,"seed":1,"#
                + #""unlabelledHead":30,"unlabelledImbalance":5,"unlabelledOrder":"consistent","validationPerClass":0}"#
        )
    }

    func testTheSeedAloneDecidesTheShuffle() throws {
        XCTAssertEqual(try split(), try split())
        let other = try split(options: { $0.seed = 2 })
        XCTAssertNotEqual(try split().labelled, other.labelled)
        XCTAssertEqual(try split().labelledCounts, other.labelledCounts)
    }

    /// Pinned, so that no change of the code moves the images of published runs unnoticed.
    func testTheSplitStaysWhatItIs() throws {
        XCTAssertEqual(try split().labelled.prefix(6), [530, 500, 0, 340, 230, 130])
    }

    func testASavedSplitReadsBackTheSame() throws {
        let split = try split(options: { $0.validationPerClass = 2 })
        let data = try JSONEncoder().encode(split)
        XCTAssertEqual(try JSONDecoder().decode(DatasetSplit.self, from: data), split)
    }

    func testWhatTheDataCannotGiveIsRefused() {
        assertInvalid("random has 60 images of class 0 (class-0)", "20 labelled and 50 unlabelled") {
            _ = try split { $0.unlabelledHead = 50 }
        }
        assertInvalid("60 images of class 0", "61 labelled") { _ = try split { $0.labelledHead = 61 } }
        assertInvalid("60 images of class 0", "\(Int.max) for validation") {
            _ = try split(options: { $0.validationPerClass = .max })
        }
        assertInvalid("class 4 is left without a labelled image", "head of 3", "imbalance of 20") {
            _ = try split {
                $0.labelledHead = 3
                $0.labelledImbalance = 20
            }
        }
    }

    func testWhatMakesNoSenseIsRefused() {
        assertInvalid("labelled images", "imbalance", "got 0") { _ = try split { $0.labelledImbalance = 0 } }
        assertInvalid("unlabelled images", "imbalance", "got -1") { _ = try split { $0.unlabelledImbalance = -1 } }
        assertInvalid("labelled images", "got 0") { _ = try split { $0.labelledHead = 0 } }
        assertInvalid("unlabelled images", "got -1") { _ = try split { $0.unlabelledHead = -1 } }
        assertInvalid("-1 images per class") { _ = try split(options: { $0.validationPerClass = -1 }) }
    }
}
