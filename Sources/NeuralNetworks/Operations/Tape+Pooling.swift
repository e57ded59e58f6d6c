import Tensors

extension Tape {
    /// The mean over all pixels: `[N, H, W, C]` → `[N, C]`.
    public func globalAveragePooling(_ input: Variable) throws -> Variable {
        let (inputShape, inputType) = (input.shape, input.value.elementType)
        return record(try backend.globalAveragePooling(input.value), from: [input]) { [unowned self] outputGradient in
            try send(
                backend.globalAveragePoolingGradient(outputGradient, inputShape: inputShape, inputType: inputType),
                to: input)
        }
    }

    /// The largest element of each square window; padding counts as minus infinity. Shapes as in ``Pooling2DProblem``.
    public func maxPooling(_ input: Variable, window: Int, stride: Int, padding: Int) throws -> Variable {
        let inputShape = input.shape
        let (output, indices) = try backend.maxPooling(input.value, window: window, stride: stride, padding: padding)
        return record(output, from: [input]) { [unowned self] outputGradient in
            try send(
                backend.maxPoolingGradient(
                    outputGradient, indices: indices, inputShape: inputShape, window: window, stride: stride,
                    padding: padding),
                to: input)
        }
    }
}
