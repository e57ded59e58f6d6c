import Tensors

/// The running statistics of one batch normalization, both `[C]`, changed in place in training.
public struct RunningStatistics {
    /// The running mean of each channel.
    public let mean: Tensor
    /// The running variance of each channel, unbiased.
    public let variance: Tensor

    /// Statistics that lie in the given tensors.
    public init(mean: Tensor, variance: Tensor) {
        self.mean = mean
        self.variance = variance
    }
}

extension Tape {
    /// Batch normalization with the batch's own statistics, which also move `running`, followed by a leaky ReLU
    /// (`negativeSlope` 1: none).
    ///
    /// - Parameters:
    ///   - input: `[…, C]`.
    ///   - scale, shift: `[C]`.
    public func batchNormalizationTraining(
        _ input: Variable, scale: Variable, shift: Variable, running: RunningStatistics, epsilon: Float,
        momentum: Float, negativeSlope: Float
    ) throws -> Variable {
        let (output, statistics) = try backend.batchNormalizationTraining(
            input.value, scale: scale.value, shift: shift.value, runningMean: running.mean,
            runningVariance: running.variance, epsilon: epsilon, momentum: momentum, negativeSlope: negativeSlope)
        return record(output, from: [input, scale, shift]) { [unowned self] outputGradient in
            try sendInto([scale, shift]) { destinations in
                try send(to: input) { received in
                    try backend.batchNormalizationTrainingGradient(
                        outputGradient, input: input.value, scale: scale.value, shift: shift.value,
                        statistics: statistics, negativeSlope: negativeSlope, intoScale: destinations[0],
                        intoShift: destinations[1], adding: received)
                }
            }
        }
    }

    /// Batch normalization with the running statistics, followed by a leaky ReLU. Has no backward pass.
    ///
    /// - Throws: `TensorError.unsupported` if a gradient would be needed: use a tape that does not record.
    public func batchNormalizationInference(
        _ input: Variable, scale: Variable, shift: Variable, running: RunningStatistics, epsilon: Float,
        negativeSlope: Float
    ) throws -> Variable {
        if isRecording, [input, scale, shift].contains(where: \.requiresGradient) {
            throw TensorError.unsupported(
                operation: "batchNormalizationInference",
                problem: "it has no backward pass; run inference on a tape that does not record",
                device: backend.device.name)
        }
        return constant(
            try backend.batchNormalizationInference(
                input.value, scale: scale.value, shift: shift.value, runningMean: running.mean,
                runningVariance: running.variance, epsilon: epsilon, negativeSlope: negativeSlope))
    }
}
