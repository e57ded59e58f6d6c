/// What the training-mode forward pass of batch normalization keeps for its backward pass, both `[C]`.
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

/// Batch normalization over all dimensions but the innermost, fused with the leaky ReLU that follows it.
/// Source: Ioffe and Szegedy 2015, algorithm 1; conventions of PyTorch's `BatchNorm2d`.
/// An implementation must pass the parity rows `batchNormalization…` and the golden vectors `batch_norm_*`.
public protocol NormalizationOperations: AnyObject {
    /// Normalises with the batch's own statistics and moves the running statistics:
    /// `z = (x − mean) / √(variance + epsilon) · scale + shift`, `y = z > 0 ? z : negativeSlope · z`;
    /// `running = (1 − momentum) · running + momentum · batch`, where the running variance takes the unbiased batch
    /// variance (divided by n − 1; by n when n is 1). A `negativeSlope` of 1 means no activation.
    ///
    /// Variances are sums of squared deviations merged by Chan's formula, never E[x²] − E[x]².
    ///
    /// - Parameters:
    ///   - input: `[…, C]`.
    ///   - scale, shift, runningMean, runningVariance: `[C]`; the running statistics are changed in place.
    /// - Returns: `y`, shaped as the input, and what the backward pass needs.
    func batchNormalizationTraining(
        _ input: Tensor, scale: Tensor, shift: Tensor, runningMean: Tensor, runningVariance: Tensor,
        epsilon: Float, momentum: Float, negativeSlope: Float
    ) throws -> (output: Tensor, statistics: BatchStatistics)

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
        _ outputGradient: Tensor, input: Tensor, scale: Tensor, shift: Tensor, statistics: BatchStatistics,
        negativeSlope: Float, intoScale scaleGradient: Tensor, intoShift shiftGradient: Tensor,
        adding received: Tensor?
    ) throws -> Tensor

    /// Normalises with the running statistics; nothing is changed.
    func batchNormalizationInference(
        _ input: Tensor, scale: Tensor, shift: Tensor, runningMean: Tensor, runningVariance: Tensor,
        epsilon: Float, negativeSlope: Float
    ) throws -> Tensor
}

extension NormalizationOperations {
    /// The gradients alone.
    public func batchNormalizationTrainingGradient(
        _ outputGradient: Tensor, input: Tensor, scale: Tensor, shift: Tensor, statistics: BatchStatistics,
        negativeSlope: Float, intoScale scaleGradient: Tensor, intoShift shiftGradient: Tensor
    ) throws -> Tensor {
        try batchNormalizationTrainingGradient(
            outputGradient, input: input, scale: scale, shift: shift, statistics: statistics,
            negativeSlope: negativeSlope, intoScale: scaleGradient, intoShift: shiftGradient, adding: nil)
    }
}
