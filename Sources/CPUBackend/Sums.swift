import Tensors

/// Sums over rows in double precision, in two stages of fixed order: one partial result for each piece of rows, then
/// the pieces in ascending order.
extension CPUBackend {
    /// Adds up `width` quantities over `rows` rows of `columns` elements each.
    ///
    /// - Parameters:
    ///   - addRows: adds the quantities of a range of rows to `width` accumulators.
    ///   - body: receives the totals.
    func withSums<Result>(
        rows: Int, columns: Int, width: Int,
        addRows: (_ rows: Range<Int>, _ accumulators: UnsafeMutablePointer<Double>) -> Void,
        _ body: (_ totals: UnsafePointer<Double>) throws -> Result
    ) throws -> Result {
        let length = Parallel.rowsPerPiece(columns: columns)
        let pieces = max(1, (rows + length - 1) / length)
        return try withScratch(of: Double.self, count: pieces * width) { partial in
            partial.update(repeating: 0, count: pieces * width)
            Parallel.forEachRange(of: rows, length: length) { range in
                addRows(range, partial + range.lowerBound / length * width)
            }
            for piece in 1..<max(1, pieces) {
                for index in 0..<width { partial[index] += partial[piece * width + index] }
            }
            return try body(partial)
        }
    }
}
