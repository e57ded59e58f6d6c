/// Mean and deviation of each channel: of a batch, kept for the backward pass, or those gathered in training. Both `[C]`.
public struct BatchStatistics {
    /// The mean of each channel over the batch and all pixels.
    public let mean: Tensor
    /// `1 / √(variance + epsilon)` with the biased variance.
    public let inverseStandardDeviation: Tensor

    /// Statistics of one batch.
    public init(mean: Tensor, inverseStandardDeviation: Tensor) {
        self.mean = mean
        self.inverseStandardDeviation = inverseStandardDeviation
    }
}

/// A batch normalization of known statistics and the leaky ReLU that follows it:
/// `z = (x − mean) · inverseStandardDeviation · scale + shift`, `y = z > 0 ? z : negativeSlope · z`.
public struct ChannelNormalization {
    /// `[C]` each.
    public let scale, shift: Tensor
    /// Of the tensor that is normalised.
    public let statistics: BatchStatistics
    /// The slope below zero, at most 1, which means no activation.
    public let negativeSlope: Float

    /// A normalization of C channels.
    public init(scale: Tensor, shift: Tensor, statistics: BatchStatistics, negativeSlope: Float) {
        self.scale = scale
        self.shift = shift
        self.statistics = statistics
        self.negativeSlope = negativeSlope
    }
}

/// Moments of a tensor `[…, C]` in chunks of its rows, as the kernel that wrote it gathered them.
public struct ChannelMoments {
    /// `[chunks, 2, C]`: each chunk's mean, and its sum of squared deviations from that mean.
    public let chunks: Tensor
    /// Rows of every chunk, whichever these are, but the last, which has the rest.
    public let rowsPerChunk: Int

    /// Moments of chunks of `rowsPerChunk` rows.
    public init(chunks: Tensor, rowsPerChunk: Int) {
        self.chunks = chunks
        self.rowsPerChunk = rowsPerChunk
    }
}

/// Batch normalization over all dimensions but the innermost, fused with the leaky ReLU that follows it.
/// Source: Ioffe and Szegedy 2015, algorithm 1; conventions of PyTorch's `BatchNorm2d`.
/// An implementation must pass the parity rows `batchNormalization…` and the golden vectors `batch_norm_*`.
public protocol NormalizationOperations: AnyObject {
    /// The statistics of a batch; moves the running statistics towards them:
    /// `running = (1 − momentum) · running + momentum · batch`, where the running variance takes the unbiased batch
    /// variance (divided by n − 1; by n when n is 1).
    ///
    /// Variances are sums of squared deviations merged by Chan's formula, never E[x²] − E[x]².
    ///
    /// - Parameters:
    ///   - input: `[…, C]`.
    ///   - moments: of the input, if they are known already; then it is not read.
    ///   - runningMean, runningVariance: `[C]`, changed in place.
    func batchStatistics(
        of input: Tensor, moments: ChannelMoments?, runningMean: Tensor, runningVariance: Tensor, epsilon: Float,
        momentum: Float
    ) throws -> BatchStatistics

    /// The statistics by which inference normalises: the running mean itself, and the deviation that follows from the
    /// running variance.
    func inferenceStatistics(
        runningMean: Tensor, runningVariance: Tensor, epsilon: Float
    ) throws -> BatchStatistics

    /// The input `[…, C]`, normalised and activated.
    func normalize(_ input: Tensor, by normalization: ChannelNormalization) throws -> Tensor

    /// The gradients of ``batchNormalizationTraining(_:scale:shift:runningMean:runningVariance:epsilon:momentum:negativeSlope:)``.
    /// The derivative of the activation at `z ≤ 0` is `negativeSlope`; `z` is computed again from the input.
    /// With `g` the gradient at `z`, `x̂` the normalised input and n the elements per channel:
    /// `shiftGradient = Σ g`, `scaleGradient = Σ g·x̂`,
    /// `inputGradient = scale · inverseStandardDeviation · (g − shiftGradient/n − x̂ · scaleGradient/n)`.
    ///
    /// - Parameter received: shaped as the input: the gradient that it receives from its other uses, added to
    ///   `inputGradient` before that is written; nil means none. It is not changed.
    /// - Returns: the gradient with respect to the input; the other two are written into `[C]` tensors given.
    func batchNormalizationTrainingGradient(
        _ outputGradient: Tensor, input: Tensor, normalization: ChannelNormalization,
        intoScale scaleGradient: Tensor, intoShift shiftGradient: Tensor, adding received: Tensor?
    ) throws -> Tensor
}

extension NormalizationOperations {
    /// Normalises with the batch's own statistics and moves the running statistics.
    ///
    /// - Parameters:
    ///   - input: `[…, C]`.
    ///   - scale, shift, runningMean, runningVariance: `[C]`; the running statistics are changed in place.
    /// - Returns: the output, shaped as the input, and what the backward pass needs.
    public func batchNormalizationTraining(
        _ input: Tensor, scale: Tensor, shift: Tensor, runningMean: Tensor, runningVariance: Tensor,
        epsilon: Float, momentum: Float, negativeSlope: Float
    ) throws -> (output: Tensor, normalization: ChannelNormalization) {
        let normalization = ChannelNormalization(
            scale: scale, shift: shift,
            statistics: try batchStatistics(
                of: input, moments: nil, runningMean: runningMean, runningVariance: runningVariance, epsilon: epsilon,
                momentum: momentum),
            negativeSlope: negativeSlope)
        return (try normalize(input, by: normalization), normalization)
    }

    /// Normalises with the running statistics; nothing is changed.
    public func batchNormalizationInference(
        _ input: Tensor, scale: Tensor, shift: Tensor, runningMean: Tensor, runningVariance: Tensor,
        epsilon: Float, negativeSlope: Float
    ) throws -> Tensor {
        try normalize(
            input,
            by: ChannelNormalization(
                scale: scale, shift: shift,
                statistics: try inferenceStatistics(
                    runningMean: runningMean, runningVariance: runningVariance, epsilon: epsilon),
                negativeSlope: negativeSlope))
    }

    /// The gradients alone.
    public func batchNormalizationTrainingGradient(
        _ outputGradient: Tensor, input: Tensor, normalization: ChannelNormalization,
        intoScale scaleGradient: Tensor, intoShift shiftGradient: Tensor
    ) throws -> Tensor {
        try batchNormalizationTrainingGradient(
            outputGradient, input: input, normalization: normalization, intoScale: scaleGradient,
            intoShift: shiftGradient, adding: nil)
    }
}
