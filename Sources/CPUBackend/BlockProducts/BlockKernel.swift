/// The innermost loop of convolutions and matrix products: the one place to make faster.
///
/// `c[i, j] += Σ_k a[i, k] · panel[k, j]` for `rows` rows, `depth` steps and ``columns`` columns. Each element is summed
/// in ascending order of k by single multiplications and additions, so that all implementations give the same bits.
///
/// Work: 2 · rows · depth · columns floating-point operations on rows · depth + depth · columns floats read.
struct BlockKernel {
    /// Columns of a panel: a cache line of floats.
    static let columns = 16

    /// Rows that ``multiply`` takes at a time most efficiently; it takes any number.
    static let rows = 64

    /// Adds the product of a block of `a` and a panel to a block of `c`.
    ///
    /// - Parameters:
    ///   - a: element (i, k) lies at `i · rowStride + k · stepStride`.
    ///   - panel: element (k, j) lies at `k · columns + j`.
    ///   - c: element (i, j) lies at `i · cStride + j`.
    typealias Multiply =
        @Sendable (
            _ rows: Int, _ depth: Int,
            _ a: UnsafePointer<Float>, _ rowStride: Int, _ stepStride: Int,
            _ panel: UnsafePointer<Float>,
            _ c: UnsafeMutablePointer<Float>, _ cStride: Int
        ) -> Void

    /// The implementation in use.
    static let multiply: Multiply = isOptimizedBuild() ? vectorMultiply : scalarMultiply

    /// Without optimisation each lane of a SIMD operation is a generic call: 30 times slower than a scalar loop.
    private static func isOptimizedBuild() -> Bool {
        !_isDebugAssertConfiguration()
    }
}
