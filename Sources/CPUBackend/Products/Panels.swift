/// The right-hand matrix of a product, `[depth, columns]`, cut into panels as wide as a kernel takes, which lie one after
/// another; the last one is filled up with zeros. A kernel then reads memory in the order in which it lies.
struct Panels {
    /// Rows of the matrix.
    let depth: Int
    /// Columns of the matrix.
    let columns: Int
    /// Columns of a panel.
    let width: Int
    /// Panel after panel, each row-major.
    let elements: UnsafeMutablePointer<Float>

    /// The first column of each panel.
    var starts: StrideTo<Int> { stride(from: 0, to: columns, by: width) }

    /// Columns of the matrix in the panel that begins at column `start`.
    func usedColumns(at start: Int) -> Int { min(width, columns - start) }

    /// Row 0 of the panel that begins at column `start`.
    func panel(at start: Int) -> UnsafeMutablePointer<Float> { elements + start * depth }

    /// Copies rows of the matrix to their places, `row(k)` being the address of row k, and `columnStride` the floats
    /// between neighbouring columns.
    func pack(columnStride: Int = 1, row: (_ k: Int) -> UnsafePointer<Float>) {
        for k in 0..<depth {
            let source = row(k)
            for start in starts {
                let line = panel(at: start) + k * width
                let used = usedColumns(at: start)
                if columnStride == 1 {
                    line.update(from: source + start, count: used)
                } else {
                    for j in 0..<used { line[j] = source[(start + j) * columnStride] }
                }
                (line + used).update(repeating: 0, count: width - used)
            }
        }
    }
}

extension CPUBackend {
    /// Lends panels for a matrix, their contents unspecified, while `body` runs.
    func withPanels<Result>(depth: Int, columns: Int, _ body: (Panels) throws -> Result) throws -> Result {
        let width = kernels.panelColumns
        let paddedColumns = (columns + width - 1) / width * width
        return try withScratch(of: Float.self, count: depth * paddedColumns) { elements in
            try body(Panels(depth: depth, columns: columns, width: width, elements: elements))
        }
    }
}
