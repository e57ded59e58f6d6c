import XCTest

@testable import Datasets

final class CIFARFileTests: XCTestCase {
    private static let plane = 32 * 32

    /// A record whose red, green and blue planes start at different values.
    private func record(labels: [UInt8]) -> [UInt8] {
        labels
            + [10, 100, 200].flatMap { start in
                (0..<Self.plane).map { UInt8(start + $0 % 32) }
            }
    }

    private func read(_ path: String, labelBytes: Int = 1) throws {
        _ = try CIFARFile(path: path, labelBytes: labelBytes, classes: 10, advice: "fetch it")
    }

    func testPlanesBecomeChannels() throws {
        let path = try TemporaryFolder(for: self).write(record(labels: [3]) + record(labels: [9]), to: "batch")
        let file = try CIFARFile(path: path, labelBytes: 1, classes: 10, advice: "fetch it")
        XCTAssertEqual(file.labels, [3, 9])
        XCTAssertEqual(file.pixels.count, 2 * 3 * Self.plane)
        XCTAssertEqual(file.pixels[..<6], [10, 100, 200, 11, 101, 201])
        XCTAssertEqual(file.pixels.suffix(3), [41, 131, 231])
    }

    func testTheFineLabelIsTheClass() throws {
        let path = try TemporaryFolder(for: self).write(record(labels: [19, 4]), to: "batch")
        let file = try CIFARFile(path: path, labelBytes: 2, classes: 10, advice: "fetch it")
        XCTAssertEqual(file.labels, [4])
        XCTAssertEqual(file.pixels[..<3], [10, 100, 200])
    }

    func testMissingEmptyAndFolder() throws {
        let folder = try TemporaryFolder(for: self)
        let missing = folder.path(of: "absent")
        assertMissing(missing, "fetch it") { try read(missing) }
        let empty = try folder.write([], to: "empty")
        assertCorrupt(empty, "expected records of 3073 bytes, found an empty file") { try read(empty) }
        assertCorrupt(folder.path, "found a folder") { try read(folder.path) }
    }

    func testPartOfARecord() throws {
        let path = try TemporaryFolder(for: self).write(record(labels: [3]) + [1, 2], to: "batch")
        assertCorrupt(path, "expected whole records of 3073 bytes, found 2 bytes after 1 records") { try read(path) }
    }

    func testLabelBeyondTheClasses() throws {
        let path = try TemporaryFolder(for: self).write(record(labels: [3]) + record(labels: [10]), to: "batch")
        assertCorrupt(path, "expected labels from 0 to 9, found 10 at image 1") { try read(path) }
    }

    func testDamagedFilesNeverTrap() throws {
        let folder = try TemporaryFolder(for: self)
        let refused = try refusedMutations(of: record(labels: [3]), count: 10_000, in: folder) { try read($0) }
        XCTAssertGreaterThan(refused, 2_000)
    }
}
