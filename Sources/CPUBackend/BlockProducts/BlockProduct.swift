/// The left-hand matrix of a product: element (i, k) lies at `i · rowStride + k · stepStride`.
struct StridedMatrix {
    var elements: UnsafePointer<Float>
    var rowStride: Int
    var stepStride: Int
}

extension Panels {
    /// Steps for which a panel's part stays in the nearest cache (16 KiB) while all rows pass over it.
    private static let stepsPerPass = 256

    /// `c += a · panels` for `rows` rows of `a` and the columns of some panels.
    ///
    /// - Parameters:
    ///   - columnRange: columns of the product to compute, beginning at a panel.
    ///   - c: element (i, j) of the product lies at `i · cStride + j − columnRange.lowerBound`.
    func multiplyAdd(
        _ a: StridedMatrix, rows: Int, columnRange: Range<Int>, into c: UnsafeMutablePointer<Float>, cStride: Int
    ) {
        var start = columnRange.lowerBound
        while start < columnRange.upperBound {
            let c = c + start - columnRange.lowerBound
            let used = min(BlockKernel.columns, columnRange.upperBound - start)
            if used == BlockKernel.columns {
                multiplyAdd(a, rows: rows, panelAt: start, into: c, cStride: cStride)
            } else {
                withUnsafeTemporaryAllocation(of: Float.self, capacity: rows * BlockKernel.columns) { tile in
                    guard let tile = tile.baseAddress else { return }
                    tile.update(repeating: 0, count: rows * BlockKernel.columns)
                    for i in 0..<rows {
                        (tile + i * BlockKernel.columns).update(from: c + i * cStride, count: used)
                    }
                    multiplyAdd(a, rows: rows, panelAt: start, into: tile, cStride: BlockKernel.columns)
                    for i in 0..<rows {
                        (c + i * cStride).update(from: tile + i * BlockKernel.columns, count: used)
                    }
                }
            }
            start += BlockKernel.columns
        }
    }

    private func multiplyAdd(
        _ a: StridedMatrix, rows: Int, panelAt start: Int, into c: UnsafeMutablePointer<Float>, cStride: Int
    ) {
        var step = 0
        while step < depth {
            BlockKernel.multiply(
                rows, min(Self.stepsPerPass, depth - step),
                a.elements + step * a.stepStride, a.rowStride, a.stepStride,
                elements + start * depth + step * BlockKernel.columns, c, cStride)
            step += Self.stepsPerPass
        }
    }
}
