import Dispatch

/// Cutting work into pieces for all cores. The pieces depend on the work alone, never on the number of cores, so that
/// results do not either.
enum Parallel {
    /// Elements that are worth a piece of their own when each costs a few operations.
    static let elementsPerPiece = 16_384

    /// Runs `body` on ranges of `length` (the last may be shorter) that cover `0..<count`, on all cores, in any order.
    static func forEachRange(of count: Int, length: Int = elementsPerPiece, _ body: (Range<Int>) -> Void) {
        let pieces = (count + length - 1) / length
        if pieces <= 1 {
            body(0..<count)
        } else {
            withoutActuallyEscaping(body) { body in
                // Safe: the pieces write to different elements, and all are done before this call returns.
                nonisolated(unsafe) let body = body
                DispatchQueue.concurrentPerform(iterations: pieces) { piece in
                    body(piece * length..<min(count, (piece + 1) * length))
                }
            }
        }
    }

    /// Runs `body` on ranges of whole rows, `elementsPerPiece` elements or one row at a time.
    static func forEachRowRange(of rows: Int, columns: Int, _ body: (Range<Int>) -> Void) {
        forEachRange(of: rows, length: rowsPerPiece(columns: columns), body)
    }

    /// Rows of `columns` elements that make a piece.
    static func rowsPerPiece(columns: Int) -> Int {
        max(1, elementsPerPiece / max(1, columns))
    }
}
