import Datasets
import Foundation
import Tensors
import XCTest

/// Damages `original` in `count` ways, the same ones each time, and lets `read` read each: it must succeed or throw a
/// `DatasetError`, never trap and never throw anything else. Returns how many were refused.
func refusedMutations(
    of original: [UInt8], count: Int, in folder: TemporaryFolder, file: StaticString = #filePath, line: UInt = #line,
    _ read: (_ path: String) throws -> Void
) throws -> Int {
    var generator = PhiloxGenerator(RandomStream(seed: 7, purpose: .testing))
    var refused = 0
    for mutation in 0..<count {
        // A new file each time: some file systems write a file to the disk at once when an old one is overwritten.
        let path = try folder.write(mutated(original, with: &generator), to: "mutated-\(mutation)")
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

/// Changes up to four bytes, most often near the start where the headers are; sometimes cuts or lengthens as well.
private func mutated(_ original: [UInt8], with generator: inout PhiloxGenerator) -> [UInt8] {
    var bytes = original
    for _ in 0..<1 + generator.integer(below: 4) {
        let reach = generator.uniform() < 0.6 ? min(24, bytes.count) : bytes.count
        bytes[generator.integer(below: reach)] = UInt8(truncatingIfNeeded: generator.nextWord())
    }
    switch generator.integer(below: 8) {
    case 0: bytes.removeLast(generator.integer(below: bytes.count))
    case 1: bytes += (0...generator.integer(below: 40)).map { UInt8($0) }
    default: break
    }
    return bytes
}
