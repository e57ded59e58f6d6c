import Datasets
import Foundation
import SyntheticData
import XCTest

/// Damages `original` in `count` ways, the same ones each time, and lets `read` read each: it must succeed or throw a
/// `DatasetError`, never trap and never throw anything else. Returns how many were refused.
func refusedMutations(
    of original: [UInt8], count: Int, in folder: TemporaryFolder, file: StaticString = #filePath, line: UInt = #line,
    _ read: (_ path: String) throws -> Void
) throws -> Int {
    var refused = 0
    try forEachMutation(of: original, count: count) { mutation, bytes in
        // A new file each time: some file systems write a file to the disk at once when an old one is overwritten.
        let path = try folder.write(bytes, to: "mutated-\(mutation)")
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            try read(path)
        } catch is DatasetError {
            refused += 1
        } catch {
            XCTFail("mutation \(mutation) threw \(error)", file: file, line: line)
        }
    }
    return refused
}
