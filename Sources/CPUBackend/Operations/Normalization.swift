import CVectorKernels
import Tensors

extension CPUBackend {
    /// Moments in double precision.
    public func batchStatistics(
        of input: Tensor, moments: ChannelMoments?, runningMean: Tensor, runningVariance: Tensor, epsilon: Float,
        momentum: Float
    ) throws -> BatchStatistics {
        let operation = begin("batchStatistics")
        let input = try input.elementType == .float16 ? widened(input, "the input", operation) : input
        let channels = try expectChannels(input, operation)
        let runningMeans = try channelValues(runningMean, channels, "the running mean", operation)
        let runningVariances = try channelValues(runningVariance, channels, "the running variance", operation)
        let rows = input.shape.rows
        try Expect.positive(rows, "the number of elements for each channel", operation: operation)
        let x = try floats(input, "the input", operation)
        let (mean, means) = try makeFloats([channels])
        let (inverse, inverses) = try makeFloats([channels])
        try withChannelMoments(x, rows: rows, channels: channels) { moments, squaredDeviations in
            for c in 0..<channels {
                means[c] = Float(moments[c])
                let variance = squaredDeviations[c] / Double(rows)
                inverses[c] = Float(1 / (variance + Double(epsilon)).squareRoot())
                let unbiased = squaredDeviations[c] / Double(max(1, rows - 1))
                runningMeans[c] = (1 - momentum) * runningMeans[c] + momentum * means[c]
                runningVariances[c] = (1 - momentum) * runningVariances[c] + momentum * Float(unbiased)
            }
        }
        return BatchStatistics(mean: mean, inverseStandardDeviation: inverse)
    }

    /// The root in double precision.
    public func inferenceStatistics(
        runningMean: Tensor, runningVariance: Tensor, epsilon: Float
    ) throws -> BatchStatistics {
        let operation = begin("inferenceStatistics")
        let channels = try expectChannels(runningVariance, operation)
        _ = try channelValues(runningMean, channels, "the running mean", operation)
        let variances = try channelValues(runningVariance, channels, "the running variance", operation)
        let (inverse, inverses) = try makeFloats([channels])
        for c in 0..<channels {
            inverses[c] = Float(1 / (Double(variances[c]) + Double(epsilon)).squareRoot())
        }
        return BatchStatistics(mean: runningMean, inverseStandardDeviation: inverse)
    }

    /// In float32.
    public func normalize(_ input: Tensor, by normalization: ChannelNormalization) throws -> Tensor {
        try normalize(input, by: normalization, for: begin("normalize"))
    }

    /// - Parameter operation: what the normalised tensor is for, as errors name it.
    func normalize(_ input: Tensor, by normalization: ChannelNormalization, for operation: String) throws -> Tensor {
        if input.elementType == .float16 {
            let wide = try widened(input, "the input", operation)
            return try narrowed(normalize(wide, by: normalization, for: operation), operation)
        }
        let channels = try expectChannels(input, operation)
        let values = try channelValues(normalization, channels, operation)
        let x = try floats(input, "the input", operation)
        let (output, y) = try makeFloats(input.shape)
        let kernels = kernels
        Parallel.forEachRowRange(of: input.shape.rows, columns: channels) { range in
            let start = range.lowerBound * channels
            var piece = values.piece(rows: range.count, of: x + start)
            kernels.normalize(&piece, y + start)
        }
        return output
    }

    /// Sums in double precision, the rest in float32.
    public func batchNormalizationTrainingGradient(
        _ outputGradient: Tensor, input: Tensor, normalization: ChannelNormalization,
        intoScale scaleGradient: Tensor, intoShift shiftGradient: Tensor, adding received: Tensor?
    ) throws -> Tensor {
        if input.elementType == .float16 {
            let operation = "batchNormalizationTrainingGradient"
            let inputGradient = try batchNormalizationTrainingGradient(
                widened(outputGradient, "the output gradient", operation),
                input: widened(input, "the input", operation), normalization: normalization,
                intoScale: scaleGradient, intoShift: shiftGradient,
                adding: received.map { try widened($0, "the received gradient", operation) })
            return try narrowed(inputGradient, operation)
        }
        let operation = begin("batchNormalizationTrainingGradient")
        let channels = try expectChannels(input, operation)
        try Expect.shape(outputGradient, input.shape, "the output gradient", operation: operation)
        let values = try channelValues(normalization, channels, operation)
        let scaleGradients = try channelValues(scaleGradient, channels, "the scale gradient", operation)
        let shiftGradients = try channelValues(shiftGradient, channels, "the shift gradient", operation)
        let x = try floats(input, "the input", operation)
        let dy = try floats(outputGradient, "the output gradient", operation)
        let (output, dx) = try makeFloats(input.shape)
        let rows = input.shape.rows
        let kernels = kernels
        try withSums(rows: rows, columns: channels, width: 2 * channels) { range, accumulators in
            var piece = values.piece(rows: range.count, of: x + range.lowerBound * channels)
            kernels.addNormalizationGradientSums(
                &piece, dy + range.lowerBound * channels, accumulators, accumulators + channels)
        } _: { totals in
            for c in 0..<channels {
                shiftGradients[c] = Float(totals[c])
                scaleGradients[c] = Float(totals[channels + c])
            }
        }
        try withScratch(of: Float.self, count: 2 * channels) { meanGradients in
            let meanProducts = meanGradients + channels
            let share = 1 / Float(max(1, rows))
            for c in 0..<channels {
                meanGradients[c] = share * shiftGradients[c]
                meanProducts[c] = share * scaleGradients[c]
            }
            Parallel.forEachRowRange(of: rows, columns: channels) { range in
                let start = range.lowerBound * channels
                var piece = values.piece(rows: range.count, of: x + start)
                kernels.computeNormalizationGradient(&piece, dy + start, meanGradients, meanProducts, dx + start)
            }
        }
        return try adding(received, "the received gradient", to: output, operation)
    }

    /// The mean of each channel and its sum of squared deviations from that mean.
    ///
    /// Each piece of rows has its own, which then merge in ascending order by the formula of Chan, Golub and LeVeque
    /// (1979): with n and m elements and means that differ by δ, the mean moves by `δ m / (n + m)` and the sum of
    /// squared deviations grows by the other's and by `δ² n m / (n + m)`.
    private func withChannelMoments(
        _ x: UnsafePointer<Float>, rows: Int, channels: Int,
        _ body: (_ means: UnsafePointer<Double>, _ squaredDeviations: UnsafePointer<Double>) -> Void
    ) throws {
        let length = Parallel.rowsPerPiece(columns: channels)
        let pieces = (rows + length - 1) / length
        let kernels = kernels
        try withScratch(of: Double.self, count: 2 * pieces * channels) { moments in
            moments.update(repeating: 0, count: 2 * pieces * channels)
            Parallel.forEachRange(of: rows, length: length) { range in
                let means = moments + 2 * (range.lowerBound / length) * channels
                let squaredDeviations = means + channels
                let x = x + range.lowerBound * channels
                kernels.addColumnSums(range.count, channels, x, channels, means)
                for c in 0..<channels { means[c] /= Double(range.count) }
                kernels.addSquaredDeviations(range.count, channels, x, means, squaredDeviations)
            }
            let (means, squaredDeviations) = (moments, moments + channels)
            for piece in 1..<max(1, pieces) {
                let pieceMeans = moments + 2 * piece * channels
                let merged = Double(piece * length)
                let added = Double(min(rows, (piece + 1) * length) - piece * length)
                for c in 0..<channels {
                    let difference = pieceMeans[c] - means[c]
                    means[c] += difference * added / (merged + added)
                    squaredDeviations[c] +=
                        pieceMeans[channels + c] + difference * difference * merged * added / (merged + added)
                }
            }
            body(means, squaredDeviations)
        }
    }

    /// Checks that the input has channels; how many.
    private func expectChannels(_ input: Tensor, _ operation: String) throws -> Int {
        try Expect.activationRows(input, "the input", operation: operation)
        return input.shape.columns
    }

    /// The elements of a normalization's tensors.
    private func channelValues(
        _ normalization: ChannelNormalization, _ channels: Int, _ operation: String
    ) throws -> ChannelValues {
        try Expect.negativeSlope(of: normalization, operation: operation)
        return ChannelValues(
            channels: channels,
            scales: try channelValues(normalization.scale, channels, "the scale", operation),
            shifts: try channelValues(normalization.shift, channels, "the shift", operation),
            means: try channelValues(normalization.statistics.mean, channels, "the mean", operation),
            inverses: try channelValues(
                normalization.statistics.inverseStandardDeviation, channels, "the inverse standard deviation",
                operation),
            negativeSlope: normalization.negativeSlope)
    }

    /// The elements of a tensor of one number for each channel.
    private func channelValues(
        _ tensor: Tensor, _ channels: Int, _ name: String, _ operation: String
    ) throws -> UnsafeMutablePointer<Float> {
        try Expect.shape(tensor, [channels], name, operation: operation)
        return try mutableFloats(tensor, name, operation)
    }
}

/// A normalization's elements on the host.
private struct ChannelValues {
    let channels: Int
    let scales, shifts, means, inverses: UnsafePointer<Float>
    let negativeSlope: Float

    /// The normalization of rows that begin at `x`, as the kernels take it.
    func piece(rows: Int, of x: UnsafePointer<Float>) -> Normalization {
        Normalization(
            rows: rows, channels: channels, x: x, means: means, inverseDeviations: inverses, scales: scales,
            shifts: shifts, negativeSlope: negativeSlope)
    }
}
