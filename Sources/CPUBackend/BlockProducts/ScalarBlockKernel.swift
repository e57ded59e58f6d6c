extension BlockKernel {
    /// One row at a time, four steps in one pass over the columns.
    static let scalarMultiply: Multiply = { rows, depth, a, rowStride, stepStride, panel, c, cStride in
        var row = 0
        while row < rows {
            let a = a + row * rowStride
            let c = c + row * cStride
            var k = 0
            while k + 4 <= depth {
                let a0 = a[k * stepStride]
                let a1 = a[(k + 1) * stepStride]
                let a2 = a[(k + 2) * stepStride]
                let a3 = a[(k + 3) * stepStride]
                let panel0 = panel + k * columns
                let panel1 = panel0 + columns
                let panel2 = panel1 + columns
                let panel3 = panel2 + columns
                var j = 0
                while j < columns {
                    c[j] = c[j] + a0 * panel0[j] + a1 * panel1[j] + a2 * panel2[j] + a3 * panel3[j]
                    j &+= 1
                }
                k += 4
            }
            while k < depth {
                let factor = a[k * stepStride]
                let panel = panel + k * columns
                var j = 0
                while j < columns {
                    c[j] += factor * panel[j]
                    j &+= 1
                }
                k += 1
            }
            row += 1
        }
    }
}
