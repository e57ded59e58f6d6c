/// One matrix product `c = alpha · op(a) · op(b) + beta · c`, described by its extents.
///
/// `op(a)` is `[M, K]`, `op(b)` is `[K, N]`, `c` is `[M, N]`, all row-major.
public struct GemmProblem: Hashable, Sendable {
    /// Rows of `op(a)` and of `c`.
    public let m: Int
    /// Columns of `op(b)` and of `c`.
    public let n: Int
    /// Columns of `op(a)`, rows of `op(b)`.
    public let k: Int
    /// `a` is stored as `[K, M]`.
    public let transposeA: Bool
    /// `b` is stored as `[N, K]`.
    public let transposeB: Bool

    /// - Throws: `TensorError.invalidArgument` if the shapes do not fit each other.
    public init(a: Shape, transposeA: Bool, b: Shape, transposeB: Bool, c: Shape) throws {
        guard a.rank == 2, b.rank == 2, c.rank == 2 else {
            throw TensorError.invalidArgument(operation: "gemm", problem: "a \(a), b \(b), c \(c) must be matrices")
        }
        (m, k) = transposeA ? (a[1], a[0]) : (a[0], a[1])
        n = transposeB ? b[0] : b[1]
        self.transposeA = transposeA
        self.transposeB = transposeB
        guard (transposeB ? b[1] : b[0]) == k, c[0] == m, c[1] == n else {
            throw TensorError.invalidArgument(
                operation: "gemm",
                problem: "a \(a)\(transposeA ? " transposed" : "") times b \(b)\(transposeB ? " transposed" : "") "
                    + "does not give c \(c)")
        }
    }
}

extension GemmProblem: CustomStringConvertible {
    /// `m5 n7 k3 nt`: the extents; `t` marks a transposed operand.
    public var description: String {
        "m\(m) n\(n) k\(k) \(transposeA ? "t" : "n")\(transposeB ? "t" : "n")"
    }
}
