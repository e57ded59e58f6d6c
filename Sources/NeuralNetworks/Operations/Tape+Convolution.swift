import Tensors

extension Tape {
    /// Cross-correlation with zero padding on all four sides: `[N, H, W, Cin]` and `[R, S, Cin, Cout]` →
    /// `[N, P, Q, Cout]`. Shapes and errors as in ``Convolution2DProblem``.
    ///
    /// - Parameter residual: `[N, P, Q, Cout]`, added to the output: a residual connection; nil for none.
    public func convolution2D(
        _ input: Variable, filter: Variable, stride: Int, padding: Int, adding residual: Variable? = nil
    ) throws -> Variable {
        let output = try backend.convolution2D(
            input.value, filter: filter.value, stride: stride, padding: padding, adding: residual?.value)
        return record(output, from: [input, filter] + [residual].compactMap { $0 }) { [unowned self] outputGradient in
            if let residual { try send(outputGradient, to: residual) }
            if filter.requiresGradient {
                try sendInto([filter]) { destinations in
                    try backend.convolution2DFilterGradient(
                        outputGradient, input: input.value, stride: stride, padding: padding, into: destinations[0])
                }
            }
            if input.requiresGradient {
                try send(to: input) { received in
                    try backend.convolution2DInputGradient(
                        outputGradient, filter: filter.value, inputShape: input.shape, stride: stride,
                        padding: padding, adding: received)
                }
            }
        }
    }
}
