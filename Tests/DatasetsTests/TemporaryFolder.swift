import CZlib
import Foundation
import XCTest

/// A folder for one test's files, removed when the test ends.
struct TemporaryFolder {
    let url: URL

    init(for test: XCTestCase) throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        test.addTeardownBlock { try FileManager.default.removeItem(at: url) }
        self.url = url
    }

    var path: String { url.path }

    func path(of name: String) -> String { url.appendingPathComponent(name).path }

    /// Writes a file and returns where it is. Not with Foundation, which waits for the disk: some tests write thousands.
    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let path = path(of: name)
        let file = try XCTUnwrap(fopen(path, "wb"))
        XCTAssertEqual(fwrite(bytes, 1, bytes.count, file), bytes.count)
        XCTAssertEqual(fclose(file), 0)
        return path
    }
}

/// The bytes packed with gzip.
func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: url) }
    let file = try XCTUnwrap(gzopen(url.path, "wb"))
    let written = bytes.withUnsafeBytes { gzwrite(file, $0.baseAddress, UInt32($0.count)) }
    XCTAssertEqual(Int(written), bytes.count)
    XCTAssertEqual(gzclose(file), Z_OK)
    return Array(try Data(contentsOf: url))
}
