import XCTest

@testable import Datasets

final class IDXFileTests: XCTestCase {
    /// Two images of 2×3.
    private let valid: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3] + (1...12)

    private func read(_ path: String, rank: Int = 3) throws {
        _ = try IDXFile(path: path, rank: rank, advice: "fetch it")
    }

    func testReadsPlainAndPackedFiles() throws {
        let folder = try TemporaryFolder(for: self)
        for bytes in [valid, try gzip(valid)] {
            let file = try IDXFile(path: try folder.write(bytes, to: "images"), rank: 3, advice: "fetch it")
            XCTAssertEqual(file.dimensions, [2, 2, 3])
            XCTAssertEqual(file.bytes, Array(1...12))
        }
    }

    func testReadsSeveralGzipMembersAsOne() throws {
        let folder = try TemporaryFolder(for: self)
        let bytes = try gzip(Array(valid[..<9])) + gzip(Array(valid[9...]))
        let file = try IDXFile(path: try folder.write(bytes, to: "images"), rank: 3, advice: "fetch it")
        XCTAssertEqual(file.bytes, Array(1...12))
    }

    func testMissingFileSaysWhatToDo() throws {
        let path = try TemporaryFolder(for: self).path(of: "images")
        assertMissing(path, "fetch it") { try read(path) }
    }

    func testFolderInsteadOfFile() throws {
        let folder = try TemporaryFolder(for: self)
        assertCorrupt(folder.path, "found a folder") { try read(folder.path) }
    }

    func testEmptyFile() throws {
        let path = try TemporaryFolder(for: self).write([], to: "images")
        assertCorrupt(path, "expected 4 bytes of the IDX header, found 0") { try read(path) }
    }

    func testOtherMagicNumberElementTypeOrRank() throws {
        let folder = try TemporaryFolder(for: self)
        for (index, byte) in [(0, 1), (1, 1), (2, 13), (3, 1)] as [(Int, UInt8)] {
            var bytes = valid
            bytes[index] = byte
            let path = try folder.write(bytes, to: "images")
            assertCorrupt(path, "expected it to start with [0, 0, 8, 3], found \(Array(bytes[..<4]))") {
                try read(path)
            }
        }
    }

    func testTooFewAndTooManyBytes() throws {
        let folder = try TemporaryFolder(for: self)
        let short = try folder.write(Array(valid.dropLast()), to: "short")
        assertCorrupt(short, "expected 12 bytes of an array of 2×2×3, found 11") { try read(short) }
        let long = try folder.write(valid + [0], to: "long")
        assertCorrupt(long, "expected the end after an array of 2×2×3, found more") { try read(long) }
        let header = try folder.write(Array(valid[..<10]), to: "header")
        assertCorrupt(header, "expected 12 bytes of IDX dimensions, found 6") { try read(header) }
    }

    func testEveryTruncationOfAPackedFileIsRefused() throws {
        let folder = try TemporaryFolder(for: self)
        let packed = try gzip(valid)
        for length in 0..<packed.count {
            let path = try folder.write(Array(packed[..<length]), to: "images")
            assertCorrupt(path) { try read(path) }
        }
        let path = try folder.write(Array(packed.dropLast(9)), to: "images")
        assertCorrupt(path, "compressed data") { try read(path) }
    }

    func testWrongChecksumIsRefused() throws {
        var packed = try gzip(valid)
        packed[packed.count - 6] ^= 1
        let path = try TemporaryFolder(for: self).write(packed, to: "images")
        assertCorrupt(path, "cannot be read") { try read(path) }
    }

    func testSizesThatOverflowAreRefused() throws {
        let folder = try TemporaryFolder(for: self)
        let huge = try folder.write([0, 0, 8, 3] + Array(repeating: 255, count: 12), to: "huge")
        assertCorrupt(huge, "4294967295") { try read(huge) }
    }

    /// A header that promises a gigabyte, over a few bytes: what is allocated follows the bytes that are there.
    func testAPromiseIsNotBelieved() throws {
        let path = try TemporaryFolder(for: self).write([0, 0, 8, 1, 0x40, 0, 0, 0, 5, 6], to: "images")
        assertCorrupt(path, "expected 1073741824 bytes", "found 2") { try read(path, rank: 1) }
    }

    /// 64 MB of zeros, packed into 64 KB, behind a header that asks for 12 bytes.
    func testABombIsNotUnpacked() throws {
        let bomb = try gzip(valid + Array(repeating: 0, count: 64 << 20))
        let path = try TemporaryFolder(for: self).write(bomb, to: "images")
        assertCorrupt(path, "found more bytes") { try read(path) }
    }

    func testDamagedFilesNeverTrap() throws {
        let folder = try TemporaryFolder(for: self)
        let packed = try refusedMutations(of: try gzip(valid), count: 10_000, in: folder) { try read($0) }
        XCTAssertGreaterThan(packed, 9_000)
        let plain = try refusedMutations(of: valid, count: 10_000, in: folder) { try read($0) }
        XCTAssertGreaterThan(plain, 5_000)
    }
}
