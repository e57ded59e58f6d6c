import Datasets
import XCTest

/// `body` must throw `DatasetError.corrupt` for the file at `path`, and its one line must hold all of `fragments`.
func assertCorrupt(
    _ path: String, _ fragments: String..., file: StaticString = #filePath, line: UInt = #line,
    _ body: () throws -> Void
) {
    XCTAssertThrowsError(try body(), file: file, line: line) { error in
        guard case DatasetError.corrupt(path, _) = error else {
            return XCTFail("expected .corrupt for \(path), got \(error)", file: file, line: line)
        }
        assertLine(error, holds: fragments, file: file, line: line)
    }
}

/// `body` must throw `DatasetError.missing` for the file at `path`, with advice that holds all of `fragments`.
func assertMissing(
    _ path: String, _ fragments: String..., file: StaticString = #filePath, line: UInt = #line,
    _ body: () throws -> Void
) {
    XCTAssertThrowsError(try body(), file: file, line: line) { error in
        guard case DatasetError.missing(path, _) = error else {
            return XCTFail("expected .missing for \(path), got \(error)", file: file, line: line)
        }
        assertLine(error, holds: fragments, file: file, line: line)
    }
}

/// `body` must throw `DatasetError.invalid`, and its one line must hold all of `fragments`.
func assertInvalid(
    _ fragments: String..., file: StaticString = #filePath, line: UInt = #line, _ body: () throws -> Void
) {
    XCTAssertThrowsError(try body(), file: file, line: line) { error in
        guard case DatasetError.invalid = error else {
            return XCTFail("expected .invalid, got \(error)", file: file, line: line)
        }
        assertLine(error, holds: fragments, file: file, line: line)
    }
}

private func assertLine(_ error: any Error, holds fragments: [String], file: StaticString, line: UInt) {
    let message = "\(error)"
    XCTAssertFalse(message.contains("\n"), "more than one line: \(message)", file: file, line: line)
    for fragment in fragments {
        XCTAssertTrue(message.contains(fragment), "\"\(fragment)\" is not in: \(message)", file: file, line: line)
    }
}
