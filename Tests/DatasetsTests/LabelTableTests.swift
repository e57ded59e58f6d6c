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
        let options = LongTailedSplit.Options(
            sizes: .longTailed(
                LongTailedSizes(labelledHead: 2, labelledImbalance: 1, unlabelledHead: 1, unlabelledImbalance: 1)),
            seed: 1)
        let plain = try LongTailedSplit(of: dataset, options: options)
        var given: [Int?] = dataset.labels.map { 1 - $0 }
        let noisy = try LongTailedSplit(of: dataset, givenLabels: given, options: options)
        XCTAssertEqual(noisy.labelled, plain.labelled)
        XCTAssertEqual(noisy.noisyLabels, [1, 1, 0, 0])
        given[plain.labelled[0]] = nil
        assertInvalid("image \(plain.labelled[0])", "no label is given") {
            _ = try LongTailedSplit(of: dataset, givenLabels: given, options: options)
        }
        assertInvalid("class 0", "left without a labelled image") {
            _ = try LongTailedSplit(of: dataset, givenLabels: dataset.labels.map { _ in 1 }, options: options)
        }
    }
}
