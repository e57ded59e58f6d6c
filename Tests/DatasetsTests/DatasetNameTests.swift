import XCTest

@testable import Datasets

final class DatasetNameTests: XCTestCase {
    func testEveryNameIsComplete() {
        XCTAssertEqual(DatasetName.allCases.map(\.rawValue), ["fashion-mnist", "cifar10", "cifar100", "stl10"])
        XCTAssertEqual(DatasetName.allCases.map(\.classes), [10, 10, 100, 10])
        for name in DatasetName.allCases {
            XCTAssertEqual(Set(name.classNames).count, name.classes, name.rawValue)
            XCTAssertEqual(name.normalization.channels, name.imageSize.channels, name.rawValue)
        }
    }

    func testReadsCIFAR10InTheOrderOfItsFiles() throws {
        let folder = try TemporaryFolder(for: self)
        for batch in 1...5 {
            try folder.write(
                [UInt8(batch)] + Array(repeating: UInt8(batch * 10), count: 3072), to: "data_batch_\(batch).bin")
        }
        let path = folder.path(of: "test_batch.bin")
        assertMissing(path, "cifar-10-binary.tar.gz", folder.path) {
            _ = try DatasetName.cifar10.load(from: folder.path)
        }
        try folder.write([7] + Array(repeating: 70, count: 3072), to: "test_batch.bin")

        let (train, test) = try DatasetName.cifar10.load(from: folder.path)
        XCTAssertEqual(train.labels, [1, 2, 3, 4, 5])
        XCTAssertEqual(train.image(at: 3).pixels, Array(repeating: 40, count: 3072))
        XCTAssertEqual(test.labels, [7])
        XCTAssertEqual(test.classNames[7], "horse")
    }

    func testReadsPickledArchivesWhereOnlyTheyAre() throws {
        let folder = try TemporaryFolder(for: self)
        let image = (0..<3072).map { UInt8(truncatingIfNeeded: $0 / 1024 * 100 + $0 % 7) }
        for batch in 1...5 {
            try folder.write(PickleWriter.dictionary(labels: [batch], data: [image]), to: "data_batch_\(batch)")
        }
        try folder.write(PickleWriter.dictionary(.python3, labels: [9, 0], data: [image, image]), to: "test_batch")
        let (train, test) = try DatasetName.cifar10.load(from: folder.path)
        XCTAssertEqual(train.labels, [1, 2, 3, 4, 5])
        XCTAssertEqual(train.image(at: 4).pixels[..<6], [0, 102, 204, 1, 103, 205])
        XCTAssertEqual(test.labels, [9, 0])

        let path = try folder.write(PickleWriter.dictionary(labels: [10], data: [image]), to: "data_batch_3")
        assertCorrupt(path, "expected labels from 0 to 9, found 10") {
            _ = try DatasetName.cifar10.load(from: folder.path)
        }
        try folder.write(PickleWriter.dictionary(labels: [1, 1], data: [image]), to: "data_batch_3")
        assertCorrupt(path, "found 1 of 3072 and 2 labels") { _ = try DatasetName.cifar10.load(from: folder.path) }
        try folder.write([3] + image, to: "data_batch_3.bin")
        XCTAssertEqual(try DatasetName.cifar10.load(from: folder.path).train.labels[2], 3, "the binary file goes first")

        for (part, label) in [("train", 99), ("test", 0)] {
            try folder.write(PickleWriter.dictionary(labels: [label], under: "fine_labels", data: [image]), to: part)
        }
        XCTAssertEqual(try DatasetName.cifar100.load(from: folder.path).train.labels, [99])
    }

    func testReadsCIFAR100() throws {
        let folder = try TemporaryFolder(for: self)
        try folder.write([1, 99] + Array(repeating: 5, count: 3072), to: "train.bin")
        try folder.write([0, 100] + Array(repeating: 5, count: 3072), to: "test.bin")
        assertCorrupt(folder.path(of: "test.bin"), "expected labels from 0 to 99, found 100") {
            _ = try DatasetName.cifar100.load(from: folder.path)
        }
        try folder.write([0, 1] + Array(repeating: 5, count: 3072), to: "test.bin")
        let (train, test) = try DatasetName.cifar100.load(from: folder.path)
        XCTAssertEqual(train.labels.map { train.classNames[$0] }, ["worm"])
        XCTAssertEqual(test.labels.map { test.classNames[$0] }, ["aquarium_fish"])
    }
}
