import XCTest

@testable import Datasets

final class STL10Tests: XCTestCase {
    private static let side = 96

    /// What a pixel of an image is: different in each row, column and channel.
    private static func value(_ image: Int, _ row: Int, _ column: Int, _ channel: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: image * 40 + row * 2 + (column * column) >> 6 + channel * 31)
    }

    /// Images as they lie in a file: plane after plane, and column after column in each.
    private static func records(_ images: Range<Int>) -> [UInt8] {
        images.flatMap { image in
            (0..<3).flatMap { channel in
                (0..<side).flatMap { column in
                    (0..<side).map { row in value(image, row, column, channel) }
                }
            }
        }
    }

    /// The same image row by row, made smaller.
    private static func expected(_ image: Int) throws -> [UInt8] {
        let pixels = (0..<side).flatMap { row in
            (0..<side).flatMap { column in
                (0..<3).map { channel in value(image, row, column, channel) }
            }
        }
        return try ByteImage(height: side, width: side, channels: 3, pixels: pixels)
            .resized(height: 32, width: 32).pixels
    }

    private func write(to folder: TemporaryFolder) throws {
        try folder.write(Self.records(0..<3), to: "train_X.bin")
        try folder.write([1, 10, 3], to: "train_y.bin")
        try folder.write(Self.records(3..<5), to: "unlabeled_X.bin")
        try folder.write(Self.records(5..<6), to: "test_X.bin")
        try folder.write([2], to: "test_y.bin")
    }

    func testColumnsBecomeRowsAndImagesAreMadeSmaller() throws {
        let folder = try TemporaryFolder(for: self)
        try write(to: folder)
        let (train, test) = try DatasetName.stl10.load(from: folder.path)
        XCTAssertEqual(train.labels, [0, 9, 2, -1, -1])
        XCTAssertEqual(train.classCounts, [1, 0, 1, 0, 0, 0, 0, 0, 0, 1])
        for index in 0..<5 { XCTAssertEqual(train.image(at: index).pixels, try Self.expected(index), "image \(index)") }
        XCTAssertEqual(test.labels, [1])
        XCTAssertEqual(test.image(at: 0).pixels, try Self.expected(5))
    }

    func testWhatIsMissingOrWrongIsNamed() throws {
        let folder = try TemporaryFolder(for: self)
        func load() throws { _ = try DatasetName.stl10.load(from: folder.path) }
        assertMissing(folder.path(of: "test_y.bin"), "stl10_binary.tar.gz") { try load() }
        try write(to: folder)
        let labels = try folder.write([1, 11, 3], to: "train_y.bin")
        assertCorrupt(labels, "expected labels from 1 to 10, found 11 at image 1") { try load() }
        try folder.write([1, 0, 3], to: "train_y.bin")
        assertCorrupt(labels, "found 0 at image 1") { try load() }
        try folder.write([1, 2], to: "train_y.bin")
        assertCorrupt(folder.path(of: "train_X.bin"), "has 3 images, but train_y.bin 2 labels") { try load() }
        let images = try folder.write(Self.records(0..<1) + [7], to: "train_X.bin")
        assertCorrupt(images, "found 1 bytes after 1 images") { try load() }
        try folder.write([], to: "train_X.bin")
        assertCorrupt(images, "found an empty file") { try load() }
    }

    func testDamagedFilesNeverTrap() throws {
        let folder = try TemporaryFolder(for: self)
        let labels = try refusedMutations(of: Array(1...10), count: 10_000, in: folder) {
            _ = try STL10File.labels(path: $0, classes: 10, advice: "")
        }
        XCTAssertGreaterThan(labels, 9_000)
        // Few, since each image that is read whole is resized.
        let images = try refusedMutations(of: Self.records(0..<1), count: 100, in: folder) {
            _ = try STL10File.images(path: $0, side: 32, advice: "")
        }
        XCTAssertGreaterThan(images, 10)
    }
}
