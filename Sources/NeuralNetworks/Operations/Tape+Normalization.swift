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

/// A variable on its way through a batch normalization and the leaky ReLU that follows it: the statistics are known, but
/// whether the result is ever written to memory is left to what reads it.
public struct NormalizedVariable {
    /// `[…, C]`, as it was before.
    public let input: Variable
    /// `[C]` each.
    public let scale, shift: Variable
    /// With the values of `scale` and `shift`.
    let normalization: ChannelNormalization

    /// All that a result depends on.
    var variables: [Variable] { [input, scale, shift] }
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
    ) throws -> NormalizedVariable {
        let statistics = try backend.batchStatistics(
            of: input.value, moments: input.moments, runningMean: running.mean, runningVariance: running.variance,
            epsilon: epsilon, momentum: momentum)
        return NormalizedVariable(
            input: input, scale: scale, shift: shift,
            normalization: ChannelNormalization(
                scale: scale.value, shift: shift.value, statistics: statistics, negativeSlope: negativeSlope))
    }

    /// Batch normalization with the running statistics, followed by a leaky ReLU. Has no backward pass.
    ///
    /// - Throws: `TensorError.unsupported` if a gradient would be needed: use a tape that does not record.
    public func batchNormalizationInference(
        _ input: Variable, scale: Variable, shift: Variable, running: RunningStatistics, epsilon: Float,
        negativeSlope: Float
    ) throws -> NormalizedVariable {
        if isRecording, [input, scale, shift].contains(where: \.requiresGradient) {
            throw TensorError.unsupported(
                operation: "batchNormalizationInference",
                problem: "it has no backward pass; run inference on a tape that does not record",
                device: backend.device.name)
        }
        let statistics = try backend.inferenceStatistics(
            runningMean: running.mean, runningVariance: running.variance, epsilon: epsilon)
        return NormalizedVariable(
            input: input, scale: scale, shift: shift,
            normalization: ChannelNormalization(
                scale: scale.value, shift: shift.value, statistics: statistics, negativeSlope: negativeSlope))
    }

    /// Each column of `[N, C]` less its mean, divided by `√(variance + epsilon)` with the biased variance: a batch
    /// normalization that learns nothing and remembers nothing.
    public func standardizeColumns(_ input: Variable, epsilon: Float) throws -> Variable {
        let channels = try Shape([input.shape.columns])
        // A momentum of 0 would leave the running statistics alone; they are nobody's.
        let running = RunningStatistics(
            mean: try backend.tensor(repeating: 0, channels), variance: try backend.tensor(repeating: 1, channels))
        return try value(
            of: batchNormalizationTraining(
                input, scale: constant(try backend.tensor(repeating: 1, channels)),
                shift: constant(try backend.tensor(repeating: 0, channels)), running: running, epsilon: epsilon,
                momentum: 0, negativeSlope: 1))
    }

    /// The normalised variable, `[…, C]`, in memory.
    public func value(of normalized: NormalizedVariable) throws -> Variable {
        let output = try backend.normalize(normalized.input.value, by: normalized.normalization)
        return record(output, from: normalized.variables) { [unowned self] outputGradient in
            try send(through: normalized) { scaleGradient, shiftGradient, received in
                try backend.batchNormalizationTrainingGradient(
                    outputGradient, input: normalized.input.value, normalization: normalized.normalization,
                    intoScale: scaleGradient, intoShift: shiftGradient, adding: received)
            }
        }
    }

    /// Sends what a normalised variable was made of its gradients: the input's, which `compute` returns after adding what has
    /// been received so far, and the two that it writes into the tensors given.
    func send(
        through normalized: NormalizedVariable,
        compute: (_ scaleGradient: Tensor, _ shiftGradient: Tensor, _ received: Tensor?) throws -> Tensor
    ) throws {
        try sendInto([normalized.scale, normalized.shift]) { destinations in
            try send(to: normalized.input) { received in try compute(destinations[0], destinations[1], received) }
        }
    }
}
