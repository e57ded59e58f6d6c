import XCTest

@testable import Datasets

final class DatasetNameTests: XCTestCase {
    func testEveryNameIsComplete() {
        XCTAssertEqual(DatasetName.allCases.map(\.rawValue), ["fashion-mnist", "cifar10", "cifar100"])
        XCTAssertEqual(DatasetName.allCases.map(\.classes), [10, 10, 100])
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
