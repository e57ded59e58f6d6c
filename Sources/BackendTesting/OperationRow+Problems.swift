import Tensors

extension OperationRow {
    /// The row of a convolution or one of its gradients, allowing for what rounding does to sums of any length: 1e-5 of the
    /// largest element, for the filter gradient 5e-5. Nil if there is no such operation.
    public static func convolution2D(_ operation: String, on problem: Convolution2DProblem) -> OperationRow? {
        ConvolutionRows.row(operation, on: problem)
    }

    /// The row of a matrix product `c = a · b`.
    public static func gemm(on problem: GemmProblem) -> OperationRow {
        MatrixRows.row(on: problem)
    }
}
