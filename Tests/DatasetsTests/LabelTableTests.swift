import Foundation
import SyntheticData
import XCTest

@testable import Datasets

final class LabelTableTests: XCTestCase {
    private func read(_ text: String, column: String = "given") throws -> [Int?] {
        let folder = try TemporaryFolder(for: self)
        try SyntheticImageFolder.write(to: folder.path, trainPerClass: 2)
        let images = try ImageImport(folder: folder.path).load()
        return try LabelTable(file: try folder.write(Array(text.utf8), to: "labels.csv"), column: column)
            .labels(for: images.train)
    }

    func testDamagedTablesAndListsNeverTrap() throws {
        let folder = try TemporaryFolder(for: self)
        let dataset = try ImageDataset(
            name: "two", form: ImageForm(height: 1, width: 1, channels: 1, classNames: ["a", "b"]),
            pixels: Data([1, 2]), labels: [0, 1], names: ImageNames(["x/1", "x/2"]))
        let table = try refusedMutations(of: Array("path,label\nx/1,b\nx/2,a\n".utf8), count: 10_000, in: folder) {
            _ = try LabelTable(file: $0, column: "label").labels(for: dataset)
        }
        XCTAssertGreaterThan(table, 5_000)
        let list = try refusedMutations(of: Array("x/1 3\nx/2\t4\n".utf8), count: 10_000, in: folder) {
            _ = try ImageListing(folder: folder.path, trainList: $0, testList: $0, unlabelledList: $0)
        }
        XCTAssertGreaterThan(list, 1_000)
    }

    func testLabelsGoByPath() throws {
        let text = "other,path,given\nx,train/light/1.png,dark\ny,train/dark/0.png,dark\r\n"
        XCTAssertEqual(try read(text), [0, nil, nil, 0])
    }

    func testRefusals() throws {
        let cases = [
            ("", "must name its columns"),
            ("file,given\n", "one of them path"),
            ("path,other\n", "has no column given, only path, other"),
            ("path,given\ntrain/dark/0.png\n", "line 2 is not 2 fields"),
            ("path,given\n\"train/dark/0.png\",dark\n", "without quotes"),
            ("path,given\ntrain/dark/7.png,dark\n", "train/dark/7.png is not a training image"),
            ("path,given\ntrain/dark/0.png,grim\n", "grim, the label of train/dark/0.png, is not a class"),
            ("path,given\ntrain/dark/0.png,dark\ntrain/dark/0.png,dark\n", "train/dark/0.png is there twice"),
        ]
        for (text, message) in cases {
            XCTAssertThrowsError(try read(text), text) { XCTAssertTrue("\($0)".contains(message), "\($0)") }
        }
    }

    func testImagesWithoutPaths() throws {
        let folder = try TemporaryFolder(for: self)
        let table = try LabelTable(
            file: try folder.write(Array("path,label\n".utf8), to: "labels.csv"), column: "label")
        let dataset = try ImageDataset.random(count: 10)
        assertInvalid("have no paths") { _ = try table.labels(for: dataset) }
    }

    func testASplitLearnsFromTheGivenLabels() throws {
        let dataset = try ImageDataset.random(count: 8, classes: 2)
        let options = DatasetSplit.Options(
            sizes: .longTailed(
                LongTailedSizes(labelledHead: 2, labelledImbalance: 1, unlabelledHead: 1, unlabelledImbalance: 1)),
            seed: 1)
        let plain = try DatasetSplit(of: dataset, options: options)
        var given: [Int?] = dataset.labels.map { 1 - $0 }
        let noisy = try DatasetSplit(of: dataset, givenLabels: given, options: options)
        XCTAssertEqual(noisy.labelled, plain.labelled)
        XCTAssertEqual(noisy.noisyLabels, [1, 1, 0, 0])
        given[plain.labelled[0]] = nil
        assertInvalid("image \(plain.labelled[0])", "no label is given") {
            _ = try DatasetSplit(of: dataset, givenLabels: given, options: options)
        }
        assertInvalid("class 0", "left without a labelled image") {
            _ = try DatasetSplit(of: dataset, givenLabels: dataset.labels.map { _ in 1 }, options: options)
        }
    }
}
