/// Matrix products.
/// An implementation must pass the parity rows `gemm…`, `linear…` and the golden vectors `gemm_*`, `linear_*`.
public protocol MatrixOperations: AnyObject {
    /// `c = alpha · op(a) · op(b) + beta · c`, in place. With `beta` 0 the old `c` is not read: NaN there does not matter.
    ///
    /// - Parameters:
    ///   - a: `[M, K]`, or `[K, M]` when transposed.
    ///   - b: `[K, N]`, or `[N, K]` when transposed.
    ///   - c: `[M, N]`.
    func gemm(
        alpha: Float, _ a: Tensor, transposeA: Bool, _ b: Tensor, transposeB: Bool, beta: Float, into c: Tensor
    ) throws
}
