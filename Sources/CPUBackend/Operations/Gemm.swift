import CVectorKernels
import Tensors

extension CPUBackend {
    /// Blocks of rows on all cores; each element is summed in the order of k.
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

        try withPanels(depth: k, columns: n) { panels in
            if transposeB {
                panels.pack(columnStride: k) { right + $0 }
            } else {
                panels.pack { right + $0 * n }
            }
            try withScratch(of: Float.self, count: m * n + (transposeA ? m * k : 0)) { product in
                let rows = product + m * n
                if transposeA {
                    for i in 0..<m {
                        for step in 0..<k { rows[i * k + step] = left[step * m + i] }
                    }
                }
                multiply(transposeA ? UnsafePointer(rows) : left, rows: m, by: panels, into: product)
                Parallel.forEachRange(of: m * n) { range in
                    for i in range {
                        result[i] = beta == 0 ? alpha * product[i] : alpha * product[i] + beta * result[i]
                    }
                }
            }
        }
    }

    /// `product = a · panels` with `a` row-major and without gaps, and so the product.
    private func multiply(
        _ a: UnsafePointer<Float>, rows: Int, by panels: Panels, into product: UnsafeMutablePointer<Float>
    ) {
        let kernels = kernels
        let pieceRows = 64
        var offsets = RowOffsets(taps: 1, depth: panels.depth, rowCapacity: pieceRows)
        for row in 0..<min(pieceRows, rows) {
            offsets.append(source: row * panels.depth)
            offsets.append(destination: row * panels.columns)
        }
        Parallel.forEachRange(of: rows, length: pieceRows) { range in
            offsets.multiply(
                0..<range.count, of: a + range.lowerBound * panels.depth, by: panels,
                into: product + range.lowerBound * panels.columns, with: kernels)
        }
    }
}
