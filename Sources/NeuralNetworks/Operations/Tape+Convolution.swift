import Tensors

extension Tape {
    /// Cross-correlation with zero padding on all four sides: `[N, H, W, Cin]` and `[R, S, Cin, Cout]` →
    /// `[N, P, Q, Cout]`. Shapes and errors as in ``Convolution2DProblem``.
    public func convolution2D(_ input: Variable, filter: Variable, stride: Int, padding: Int) throws -> Variable {
        let output = try backend.convolution2D(input.value, filter: filter.value, stride: stride, padding: padding)
        return record(output, from: [input, filter]) { [unowned self] outputGradient in
            if filter.requiresGradient {
                try sendInto([filter]) { destinations in
                    try backend.convolution2DFilterGradient(
                        outputGradient, input: input.value, stride: stride, padding: padding, into: destinations[0])
                }
            }
            try send(
                backend.convolution2DInputGradient(
                    outputGradient, filter: filter.value, inputShape: input.shape, stride: stride, padding: padding),
                to: input)
        }
    }
}
