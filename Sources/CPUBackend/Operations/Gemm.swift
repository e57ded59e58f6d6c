import Tensors

extension CPUBackend {
    /// Tiles of 64 by 256 elements on all cores; each element is summed in the order of k.
    public func gemm(
        alpha: Float, _ a: Tensor, transposeA: Bool, _ b: Tensor, transposeB: Bool, beta: Float, into c: Tensor
    ) throws {
        let operation = begin("gemm")
        let problem = try GemmProblem(
            a: a.shape, transposeA: transposeA, b: b.shape, transposeB: transposeB, c: c.shape)
        let left = try floats(a, "a", operation)
        let right = try floats(b, "b", operation)
        let result = try mutableFloats(c, "c", operation)
        let (m, n, k) = (problem.m, problem.n, problem.k)
        guard m > 0, n > 0 else { return }
        let matrix = StridedMatrix(
            elements: left, rowStride: transposeA ? 1 : k, stepStride: transposeA ? m : 1)

        try withScratch(of: Float.self, count: Panels.elementCount(depth: k, columns: n)) { elements in
            let panels = Panels(depth: k, columns: n, elements: elements)
            if transposeB {
                panels.pack(columnStride: k) { right + $0 }
            } else {
                panels.pack { right + $0 * n }
            }
            // A tile of the product for each piece: 64 rows by 256 columns.
            let tileColumns = 256
            let (rowTiles, columnTiles) = (
                (m + BlockKernel.rows - 1) / BlockKernel.rows, (n + tileColumns - 1) / tileColumns
            )
            Parallel.forEachRange(of: rowTiles * columnTiles, length: 1) { tiles in
                for tile in tiles {
                    let rows = tile / columnTiles * BlockKernel.rows
                    let columns = tile % columnTiles * tileColumns
                    multiplyTile(
                        alpha, matrix, rows..<min(m, rows + BlockKernel.rows), panels,
                        columns..<min(n, columns + tileColumns), beta, result)
                }
            }
        }
    }

    /// One tile of `c = alpha · a · b + beta · c`.
    private func multiplyTile(
        _ alpha: Float, _ a: StridedMatrix, _ rows: Range<Int>, _ panels: Panels, _ columns: Range<Int>,
        _ beta: Float, _ c: UnsafeMutablePointer<Float>
    ) {
        let count = rows.count * columns.count
        withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { product in
            guard let product = product.baseAddress else { return }
            product.update(repeating: 0, count: count)
            var block = a
            block.elements += rows.lowerBound * a.rowStride
            panels.multiplyAdd(
                block, rows: rows.count, columnRange: columns, into: product, cStride: columns.count)
            for i in 0..<rows.count {
                let c = c + (rows.lowerBound + i) * panels.columns + columns.lowerBound
                let product = product + i * columns.count
                for j in 0..<columns.count {
                    c[j] = beta == 0 ? alpha * product[j] : alpha * product[j] + beta * c[j]
                }
            }
        }
    }
}
