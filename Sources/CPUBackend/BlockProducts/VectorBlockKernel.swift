extension BlockKernel {
    /// Four rows by half a panel in registers: eight accumulators of four lanes on SSE, four of eight on AVX.
    static let vectorMultiply: Multiply = { rows, depth, a, rowStride, stepStride, panel, c, cStride in
        var row = 0
        while row + 4 <= rows {
            for half in [0, 8] {
                multiplyFourRows(
                    depth, a + row * rowStride, rowStride, stepStride, panel + half, c + row * cStride + half, cStride)
            }
            row += 4
        }
        if row < rows {
            scalarMultiply(
                rows - row, depth, a + row * rowStride, rowStride, stepStride, panel, c + row * cStride, cStride)
        }
    }

    @inline(__always)
    private static func multiplyFourRows(
        _ depth: Int, _ a: UnsafePointer<Float>, _ rowStride: Int, _ stepStride: Int, _ panel: UnsafePointer<Float>,
        _ c: UnsafeMutablePointer<Float>, _ cStride: Int
    ) {
        var sum0 = load(c)
        var sum1 = load(c + cStride)
        var sum2 = load(c + 2 * cStride)
        var sum3 = load(c + 3 * cStride)
        var a = a
        var panel = panel
        for _ in 0..<depth {
            let line = load(panel)
            // Not `addingProduct`: without fused multiply-add in the instruction set it calls a function for each lane.
            sum0 += a[0] * line
            sum1 += a[rowStride] * line
            sum2 += a[2 * rowStride] * line
            sum3 += a[3 * rowStride] * line
            a += stepStride
            panel += columns
        }
        store(sum0, at: c)
        store(sum1, at: c + cStride)
        store(sum2, at: c + 2 * cStride)
        store(sum3, at: c + 3 * cStride)
    }

    @inline(__always)
    private static func load(_ address: UnsafePointer<Float>) -> SIMD8<Float> {
        UnsafeRawPointer(address).loadUnaligned(as: SIMD8<Float>.self)
    }

    @inline(__always)
    private static func store(_ lanes: SIMD8<Float>, at address: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(address).storeBytes(of: lanes, as: SIMD8<Float>.self)
    }
}
