import XCTest

@testable import Datasets

final class PickleTests: XCTestCase {
    private let rows: [[UInt8]] = [[0, 127, 128], [129, 254, 255]]
    private let labels = [3, 255, 256, -1, 65536]

    private func dictionary(_ bytes: [UInt8]) throws -> PickledDictionary {
        try PickledDictionary(path: try TemporaryFolder(for: self).write(bytes, to: "batch"), advice: "fetch it")
    }

    /// A pickle of these instructions is refused for this reason.
    private func assertRefused(
        _ instructions: [UInt8], _ reason: String, file: StaticString = #filePath, line: UInt = #line
    ) throws {
        let path = try TemporaryFolder(for: self).write(instructions, to: "batch")
        assertCorrupt(path, reason, file: file, line: line) {
            _ = try PickledDictionary(path: path, advice: "fetch it")
        }
    }

    func testReadsWhatBothPythonsWrite() throws {
        for dialect in [PickleWriter.Dialect.python2, .python3] {
            let dictionary = try dictionary(PickleWriter.dictionary(dialect, labels: labels, data: rows))
            XCTAssertEqual(try dictionary.integers("labels"), labels)
            let matrix = try dictionary.byteMatrix("data")
            XCTAssertEqual([matrix.rows, matrix.columns], [2, 3])
            XCTAssertEqual(matrix.bytes, rows.flatMap(\.self))
        }
    }

    func testNothingIsRun() throws {
        try assertRefused(Array("cos\nsystem\n(U\u{4}lstR.".utf8), "names os.system, which is refused")
        try assertRefused(Array("c__builtin__\neval\n.".utf8), "names __builtin__.eval, which is refused")
        try assertRefused([0x80, 4, 0x95], "has protocol 4; pickle it again with protocol=2")
        try assertRefused(Array("(ios\nsystem\n.".utf8), "the instruction INST is refused")
        try assertRefused([0x8C, 1, 0x61, 0x93], "the instruction SHORT_BINUNICODE is refused")
        try assertRefused([0xFF], "no instruction (byte 255)")
    }

    func testWhatMakesNoSenseIsRefused() throws {
        try assertRefused([], "ends too early")
        try assertRefused(Array("X".utf8) + [255, 255, 255, 255], "ends too early")
        try assertRefused(Array("e.".utf8), "a mark that it has not made")
        try assertRefused(Array("K".utf8) + [1] + Array("(a.".utf8), "takes more from its stack")
        try assertRefused(Array("})s.".utf8), "takes more from its stack")
        try assertRefused(Array("})a.".utf8), "appends to something that is no list")
        try assertRefused(Array("])u.".utf8), "a mark that it has not made")
        try assertRefused(Array("])R.".utf8), "calls something")
        try assertRefused(Array("]Nb.".utf8), "gives a state to something")
        try assertRefused(Array("h".utf8) + [7], "recalls what it has not kept")
        try assertRefused(Array("cnum py\n".utf8), "cannot be read")
        try assertRefused(Array("].".utf8), "is a pickle, but not of a dictionary")
        try assertRefused(Array("}NNs.".utf8), "whose keys are no texts")
        try assertRefused(Array(repeating: 0x4E, count: PickleMachine.instructionLimit), "has more than 1048576")
    }

    /// A list that holds itself, and a dictionary in a tuple in itself.
    func testCirclesAreNoProblem() throws {
        _ = try dictionary(Array("}U\u{1}a]q\u{1}h\u{1}as.".utf8))
        _ = try dictionary(Array("}q\u{1}U\u{1}ah\u{1}".utf8) + [0x85] + Array("s.".utf8))
    }

    /// Each tuple in the next one: freeing them must not recurse.
    func testDeepTuplesAreNoProblem() throws {
        let deep = [UInt8](repeating: 0x85, count: 500_000)
        _ = try dictionary(Array("}U\u{1}aN".utf8) + deep + Array("s.".utf8))
    }

    func testArraysOfOtherKindsAreRefused() throws {
        let whole = PickleWriter.dictionary(labels: labels, data: rows)
        func assertRefused(_ change: (inout [UInt8]) -> Void, _ reason: String, line: UInt = #line) throws {
            var bytes = whole
            change(&bytes)
            let path = try TemporaryFolder(for: self).write(bytes, to: "batch")
            assertCorrupt(path, reason, line: line) {
                _ = try PickledDictionary(path: path, advice: "").byteMatrix("data")
            }
        }
        func place(of text: String) throws -> Int {
            let pattern = Array(text.utf8)
            return try XCTUnwrap(whole.indices.first { whole[$0...].starts(with: pattern) })
        }
        let type = try place(of: "u1")
        try assertRefused({ $0[type + 1] = UInt8(ascii: "2") }, "not an array of unsigned bytes")
        let newFalse = try XCTUnwrap(whole.lastIndex(of: 0x89))
        try assertRefused({ $0[newFalse] = 0x88 }, "column by column")
        try assertRefused(
            {
                $0[newFalse + 2] = 5; $0.remove(at: newFalse + 6)
            }, "are 5 bytes, expected 2×3")
        let dictionary = try dictionary(whole)
        XCTAssertThrowsError(try dictionary.byteMatrix("labels"))
        XCTAssertThrowsError(try dictionary.integers("data"))
        XCTAssertThrowsError(try dictionary.integers("fine_labels")) {
            XCTAssertTrue("\($0)".contains("has no fine_labels, only batch_label, data, labels"), "\($0)")
        }
    }

    func testDamagedFilesNeverTrap() throws {
        let folder = try TemporaryFolder(for: self)
        for dialect in [PickleWriter.Dialect.python2, .python3] {
            let whole = PickleWriter.dictionary(dialect, labels: labels, data: rows)
            let refused = try refusedMutations(of: whole, count: 5_000, in: folder) { path in
                let dictionary = try PickledDictionary(path: path, advice: "fetch it")
                _ = try dictionary.integers("labels")
                _ = try dictionary.byteMatrix("data")
            }
            XCTAssertGreaterThan(refused, 4_000)
        }
    }
}
