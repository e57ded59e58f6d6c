import Tensors

/// What a convolution can read: a variable, or one that it normalises on the way.
public protocol ConvolutionInput {
    /// What lies in memory, `[N, H, W, C]`.
    var stored: Variable { get }
    /// What is to be made of it; nil for nothing.
    var normalized: NormalizedVariable? { get }
}

extension Variable: ConvolutionInput {
    /// The variable itself.
    public var stored: Variable { self }
    /// Nothing.
    public var normalized: NormalizedVariable? { nil }
}

extension NormalizedVariable: ConvolutionInput {
    /// The variable before the normalization.
    public var stored: Variable { input }
    /// All of this.
    public var normalized: NormalizedVariable? { self }
}

extension Tape {
    /// Cross-correlation with zero padding on all four sides: `[N, H, W, Cin]` and `[R, S, Cin, Cout]` →
    /// `[N, P, Q, Cout]`. Shapes and errors as in ``Convolution2DProblem``. A normalised variable is made in memory only
    /// where the backend cannot normalise pixels as it reads them.
    ///
    /// - Parameters:
    ///   - residual: `[N, P, Q, Cout]`, added to the output: a residual connection; nil for none.
    ///   - gathersMoments: whether a batch normalization with the batch's statistics will read the output.
    public func convolution2D(
        _ input: some ConvolutionInput, filter: Variable, stride: Int, padding: Int, adding residual: Variable? = nil,
        gatheringMoments gathersMoments: Bool = false
    ) throws -> Variable {
        guard let normalized = input.normalized else {
            return try convolution2D(
                input.stored, normalized: nil, filter: filter, stride: stride, padding: padding, adding: residual,
                gatheringMoments: gathersMoments)
        }
        let problem = try Convolution2DProblem(
            input: input.stored.shape, filter: filter.shape, stride: stride, padding: padding,
            hasAddend: residual != nil, activations: input.stored.value.elementType)
        let isNormalizedOnTheWay = backend.normalizesWhileReading(problem)
        return try convolution2D(
            isNormalizedOnTheWay ? input.stored : value(of: normalized),
            normalized: isNormalizedOnTheWay ? normalized : nil, filter: filter, stride: stride, padding: padding,
            adding: residual, gatheringMoments: gathersMoments)
    }

    /// - Parameter normalized: what the convolution makes of its input as it reads it; nil for nothing.
    private func convolution2D(
        _ input: Variable, normalized: NormalizedVariable?, filter: Variable, stride: Int, padding: Int,
        adding residual: Variable?, gatheringMoments gathersMoments: Bool
    ) throws -> Variable {
        let (output, moments) = try backend.convolution2D(
            input.value, normalizedBy: normalized?.normalization, filter: filter.value, stride: stride,
            padding: padding, adding: residual?.value, gatheringMoments: gathersMoments)
        let sources = normalized?.variables ?? [input]
        return record(output, moments: moments, from: sources + [filter] + [residual].compactMap { $0 }) {
            [unowned self] outputGradient in
            if let residual { try send(outputGradient, to: residual) }
            if filter.requiresGradient {
                try sendInto([filter]) { destinations in
                    try backend.convolution2DFilterGradient(
                        outputGradient, input: input.value, normalizedBy: normalized?.normalization, stride: stride,
                        padding: padding, into: destinations[0])
                }
            }
            guard sources.contains(where: \.requiresGradient) else { return }
            if let normalized {
                try send(through: normalized) { scaleGradient, shiftGradient, received in
                    try backend.convolution2DInputGradient(
                        outputGradient, filter: filter.value, stride: stride, padding: padding,
                        through: normalized.normalization, of: input.value, intoScale: scaleGradient,
                        intoShift: shiftGradient, adding: received)
                }
            } else {
                try send(to: input) { received in
                    try backend.convolution2DInputGradient(
                        outputGradient, filter: filter.value, inputShape: input.shape, stride: stride,
                        padding: padding, adding: received)
                }
            }
        }
    }
}
