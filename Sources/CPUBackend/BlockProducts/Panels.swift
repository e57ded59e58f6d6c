/// The right-hand matrix of a product, `[depth, columns]`, cut into panels of ``BlockKernel/columns`` columns that lie
/// one after another, the last one filled up with zeros. A kernel then reads memory in the order in which it lies.
struct Panels {
    /// Rows of the matrix.
    let depth: Int
    /// Columns of the matrix.
    let columns: Int
    /// Panel after panel, each row-major.
    let elements: UnsafeMutablePointer<Float>

    /// The floats that the panels of such a matrix take.
    static func elementCount(depth: Int, columns: Int) -> Int {
        (columns + BlockKernel.columns - 1) / BlockKernel.columns * BlockKernel.columns * depth
    }

    /// Copies rows of the matrix to their places, `row(k)` being the address of row k, and `columnStride` the floats
    /// between neighbouring columns.
    func pack(columnStride: Int = 1, row: (_ k: Int) -> UnsafePointer<Float>) {
        for k in 0..<depth {
            let source = row(k)
            var start = 0
            while start < columns {
                let line = elements + start * depth + k * BlockKernel.columns
                let used = min(BlockKernel.columns, columns - start)
                if columnStride == 1 {
                    line.update(from: source + start, count: used)
                } else {
                    for j in 0..<used { line[j] = source[(start + j) * columnStride] }
                }
                if used < BlockKernel.columns {
                    (line + used).update(repeating: 0, count: BlockKernel.columns - used)
                }
                start += BlockKernel.columns
            }
        }
    }
}
