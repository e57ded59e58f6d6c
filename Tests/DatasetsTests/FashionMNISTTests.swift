import Foundation
import XCTest

@testable import Datasets

final class FashionMNISTTests: XCTestCase {
    private func images(_ count: UInt8, side: UInt8 = 28) -> [UInt8] {
        [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, side, 0, 0, 0, side]
            + Array(repeating: 9, count: Int(count) * Int(side) * Int(side))
    }

    private func labels(_ labels: [UInt8]) -> [UInt8] {
        [0, 0, 8, 1, 0, 0, 0, UInt8(labels.count)] + labels
    }

    /// A folder that holds two training images, packed, and one test image, not packed.
    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder(for: self)
        try folder.write(try gzip(images(2)), to: "train-images-idx3-ubyte.gz")
        try folder.write(try gzip(labels([9, 0])), to: "train-labels-idx1-ubyte.gz")
        try folder.write(images(1), to: "t10k-images-idx3-ubyte")
        try folder.write(labels([5]), to: "t10k-labels-idx1-ubyte")
        return folder
    }

    private func load(_ folder: TemporaryFolder) throws {
        _ = try DatasetName.fashionMNIST.load(from: folder.path)
    }

    func testReadsPackedAndPlainFiles() throws {
        let (train, test) = try DatasetName.fashionMNIST.load(from: try folder().path)
        XCTAssertEqual(train.labels, [9, 0])
        XCTAssertEqual(
            train.image(at: 1),
            try ByteImage(
                height: 28, width: 28, channels: 1, pixels: Array(repeating: 9, count: 784)))
        XCTAssertEqual(test.labels.map { test.classNames[$0] }, ["sandal"])
    }

    func testMissingFolderNamesThePackage() {
        assertMissing("/absent/train-images-idx3-ubyte.gz", "apt install dataset-fashion-mnist", "/absent") {
            _ = try DatasetName.fashionMNIST.load(from: "/absent")
        }
    }

    func testLabelsThatDoNotFitTheImages() throws {
        let folder = try folder()
        let path = folder.path(of: "train-labels-idx1-ubyte.gz")
        try folder.write(try gzip(labels([1, 2, 3])), to: "train-labels-idx1-ubyte.gz")
        assertCorrupt(path, "expected 2 labels, one for each image, found 3") { try load(folder) }
        try folder.write(try gzip(labels([1, 10])), to: "train-labels-idx1-ubyte.gz")
        assertCorrupt(path, "expected labels from 0 to 9, found 10 at image 1") { try load(folder) }
    }

    func testImagesOfAnotherSizeOrNone() throws {
        let folder = try folder()
        let path = folder.path(of: "train-images-idx3-ubyte.gz")
        try folder.write(images(2, side: 14), to: "train-images-idx3-ubyte.gz")
        assertCorrupt(path, "expected images of 28×28, found 14×14") { try load(folder) }
        try folder.write(images(0), to: "train-images-idx3-ubyte.gz")
        assertCorrupt(path, "found none") { try load(folder) }
    }

    /// The real data, where Debian's package has put them.
    func testTheRealDataSet() throws {
        let root = DatasetName.fashionMNIST.defaultRoot
        try XCTSkipUnless(FileManager.default.fileExists(atPath: root), "dataset-fashion-mnist is not installed")
        let (train, test) = try DatasetName.fashionMNIST.load()
        XCTAssertEqual(train.count, 60_000)
        XCTAssertEqual(test.count, 10_000)
        func classSizes(_ dataset: ImageDataset) -> [Int] {
            dataset.labels.reduce(into: Array(repeating: 0, count: 10)) { $0[$1] += 1 }
        }
        XCTAssertEqual(classSizes(train), Array(repeating: 6_000, count: 10))
        XCTAssertEqual(classSizes(test), Array(repeating: 1_000, count: 10))
        XCTAssertEqual(
            train.labels.prefix(5).map { train.classNames[$0] },
            [
                "ankle boot", "t-shirt", "t-shirt", "dress", "t-shirt",
            ])

        // The constants of the normalization, from the data.
        var histogram = Array(repeating: 0.0, count: 256)
        train.pixels.withUnsafeBytes { pixels in
            for pixel in pixels { histogram[Int(pixel)] += 1 }
        }
        func moment(_ power: (Double) -> Double) -> Double {
            histogram.enumerated().reduce(0) { $0 + $1.element * power(Double($1.offset) / 255) }
                / Double(train.pixels.count)
        }
        let mean = moment { $0 }
        XCTAssertEqual(mean, Double(DatasetName.fashionMNIST.normalization.mean[0]), accuracy: 5e-5)
        XCTAssertEqual(
            moment { ($0 - mean) * ($0 - mean) }.squareRoot(),
            Double(DatasetName.fashionMNIST.normalization.standardDeviation[0]), accuracy: 5e-5)
    }
}
