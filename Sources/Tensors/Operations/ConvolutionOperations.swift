/// Two-dimensional convolution and its gradients. Shapes as in ``Convolution2DProblem``.
/// An implementation must pass the parity rows `convolution2D…` and the golden vectors `conv2d_*`.
public protocol ConvolutionOperations: AnyObject {
    /// `output[n,p,q,k] = Σ_{r,s,c} input[n, p·stride+r−padding, q·stride+s−padding, c] · filter[r,s,c,k]`,
    /// pixels outside the input being zero.
    ///
    /// - Parameters:
    ///   - input: `[N, H, W, Cin]`.
    ///   - normalization: of the input's Cin channels, applied to each pixel as it is read, with the bits of `normalize`;
    ///     nil means none. Pixels outside are zeros all the same.
    ///   - filter: `[R, S, Cin, Cout]`.
    ///   - residual: `[N, P, Q, Cout]`, added to the sums before they are written; nil means nothing. The bits are those
    ///     of an addition afterwards.
    ///   - gathersMoments: whether the output's moments are wanted, for the batch normalization that reads it.
    /// - Returns: `[N, P, Q, Cout]`, and the moments, if they were wanted and could be had on the way.
    /// - Throws: what ``Convolution2DProblem`` refuses; `TensorError.invalidArgument` for a residual of another shape.
    func convolution2D(
        _ input: Tensor, normalizedBy normalization: ChannelNormalization?, filter: Tensor, stride: Int, padding: Int,
        adding residual: Tensor?, gatheringMoments gathersMoments: Bool
    ) throws -> (output: Tensor, moments: ChannelMoments?)

    /// Whether to give this convolution and its filter gradient an input and its normalization, not the normalised tensor:
    /// because they normalise pixels as they read them, or because making the tensor anew for each of the two costs less
    /// than keeping it. If not, let `normalize` make it once.
    func normalizesWhileReading(_ problem: Convolution2DProblem) -> Bool

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

    /// The gradient with respect to the tensor that a batch normalization made the convolution's input of: what
    /// ``convolution2DInputGradient(_:filter:inputShape:stride:padding:adding:)`` and then
    /// ``NormalizationOperations/batchNormalizationTrainingGradient(_:input:normalization:intoScale:intoShift:adding:)``
    /// give, but for the order in which the second sums. Without an implementation of its own, a backend does just that.
    ///
    /// - Parameters:
    ///   - outputGradient: `[N, P, Q, Cout]`.
    ///   - normalization: that made the convolution's input of `input` `[N, H, W, Cin]`.
    ///   - received: shaped as `input`: added to its gradient before that is written; nil means none. It is not changed.
    /// - Returns: the gradient with respect to `input`; the other two are written into `[Cin]` tensors given.
    func convolution2DInputGradient(
        _ outputGradient: Tensor, filter: Tensor, stride: Int, padding: Int,
        through normalization: ChannelNormalization, of input: Tensor, intoScale scaleGradient: Tensor,
        intoShift shiftGradient: Tensor, adding received: Tensor?
    ) throws -> Tensor

    /// The gradient of a loss with respect to the filter, written into `filterGradient` `[R, S, Cin, Cout]`:
    /// `filterGradient[r,s,c,k] = Σ_{n,p,q} outputGradient[n,p,q,k] · input[n, p·stride+r−padding, q·stride+s−padding, c]`.
    /// The sum runs in a fixed order: the same bits every time.
    ///
    /// - Parameter normalization: as in the forward pass.
    func convolution2DFilterGradient(
        _ outputGradient: Tensor, input: Tensor, normalizedBy normalization: ChannelNormalization?, stride: Int,
        padding: Int, into filterGradient: Tensor
    ) throws
}

extension ConvolutionOperations where Self: NormalizationOperations {
    /// One after the other.
    public func convolution2DInputGradient(
        _ outputGradient: Tensor, filter: Tensor, stride: Int, padding: Int,
        through normalization: ChannelNormalization, of input: Tensor, intoScale scaleGradient: Tensor,
        intoShift shiftGradient: Tensor, adding received: Tensor?
    ) throws -> Tensor {
        try batchNormalizationTrainingGradient(
            convolution2DInputGradient(
                outputGradient, filter: filter, inputShape: input.shape, stride: stride, padding: padding),
            input: input, normalization: normalization, intoScale: scaleGradient, intoShift: shiftGradient,
            adding: received)
    }
}

extension ConvolutionOperations {
    /// The convolution of an input as it is, with or without a residual.
    public func convolution2D(
        _ input: Tensor, filter: Tensor, stride: Int, padding: Int, adding residual: Tensor? = nil
    ) throws -> Tensor {
        try convolution2D(
            input, normalizedBy: nil, filter: filter, stride: stride, padding: padding, adding: residual,
            gatheringMoments: false
        ).output
    }

    /// The gradient with respect to the filter, for an input as it is.
    public func convolution2DFilterGradient(
        _ outputGradient: Tensor, input: Tensor, stride: Int, padding: Int, into filterGradient: Tensor
    ) throws {
        try convolution2DFilterGradient(
            outputGradient, input: input, normalizedBy: nil, stride: stride, padding: padding, into: filterGradient)
    }

    /// The gradient with respect to the convolution's input alone.
    public func convolution2DInputGradient(
        _ outputGradient: Tensor, filter: Tensor, inputShape: Shape, stride: Int, padding: Int
    ) throws -> Tensor {
        try convolution2DInputGradient(
            outputGradient, filter: filter, inputShape: inputShape, stride: stride, padding: padding, adding: nil)
    }
}
