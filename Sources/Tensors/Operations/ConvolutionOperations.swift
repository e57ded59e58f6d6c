/// Two-dimensional convolution and its gradients. Shapes as in ``Convolution2DProblem``.
/// An implementation must pass the parity rows `convolution2D…` and the golden vectors `conv2d_*`.
public protocol ConvolutionOperations: AnyObject {
    /// `output[n,p,q,k] = Σ_{r,s,c} input[n, p·stride+r−padding, q·stride+s−padding, c] · filter[r,s,c,k]`,
    /// pixels outside the input being zero.
    ///
    /// - Parameters:
    ///   - input: `[N, H, W, Cin]`.
    ///   - filter: `[R, S, Cin, Cout]`.
    ///   - residual: `[N, P, Q, Cout]`, added to the sums before they are written; nil means nothing. The bits are those
    ///     of an addition afterwards.
    /// - Returns: `[N, P, Q, Cout]`.
    /// - Throws: what ``Convolution2DProblem`` refuses; `TensorError.invalidArgument` for a residual of another shape.
    func convolution2D(
        _ input: Tensor, filter: Tensor, stride: Int, padding: Int, adding residual: Tensor?
    ) throws -> Tensor

    /// The gradient of a loss with respect to the convolution's input:
    /// `inputGradient[n,h,w,c] = Σ outputGradient[n,p,q,k] · filter[r,s,c,k]` over all (p,q,r,s,k) that read (h,w).
    ///
    /// - Parameters:
    ///   - outputGradient: `[N, P, Q, Cout]`.
    ///   - inputShape: `[N, H, W, Cin]`; with a stride it does not follow from the output's shape.
    ///   - received: `[N, H, W, Cin]`, the gradient that the input receives from its other uses, added to the sums before
    ///     they are written; nil means none. It is not changed.
    func convolution2DInputGradient(
        _ outputGradient: Tensor, filter: Tensor, inputShape: Shape, stride: Int, padding: Int,
        adding received: Tensor?
    ) throws -> Tensor

    /// The gradient of a loss with respect to the filter, written into `filterGradient` `[R, S, Cin, Cout]`:
    /// `filterGradient[r,s,c,k] = Σ_{n,p,q} outputGradient[n,p,q,k] · input[n, p·stride+r−padding, q·stride+s−padding, c]`.
    /// The sum runs in a fixed order: the same bits every time.
    func convolution2DFilterGradient(
        _ outputGradient: Tensor, input: Tensor, stride: Int, padding: Int, into filterGradient: Tensor
    ) throws
}

extension ConvolutionOperations {
    /// The convolution alone.
    public func convolution2D(_ input: Tensor, filter: Tensor, stride: Int, padding: Int) throws -> Tensor {
        try convolution2D(input, filter: filter, stride: stride, padding: padding, adding: nil)
    }

    /// The gradient with respect to the convolution's input alone.
    public func convolution2DInputGradient(
        _ outputGradient: Tensor, filter: Tensor, inputShape: Shape, stride: Int, padding: Int
    ) throws -> Tensor {
        try convolution2DInputGradient(
            outputGradient, filter: filter, inputShape: inputShape, stride: stride, padding: padding, adding: nil)
    }
}
