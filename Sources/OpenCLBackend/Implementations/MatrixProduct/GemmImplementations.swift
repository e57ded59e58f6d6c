import Tensors

/// The matrices and factors of `c = alpha · op(a) · op(b) + beta · c`.
struct GemmOperands {
    let alpha: Float
    let a: Tensor
    let b: Tensor
    let beta: Float
    let c: Tensor
}

/// How matrix products are computed, in order of preference. `c` is not empty.
enum GemmImplementations {
    static let list = ImplementationList<GemmProblem, GemmOperands>(
        operation: "gemm",
        implementations: [
            PanelProduct(), CLBlastProduct(), TiledProduct(), CLBlastProduct(parameters: .smallTiles),
            CLBlastProduct(parameters: .largeTiles),
        ])
}
