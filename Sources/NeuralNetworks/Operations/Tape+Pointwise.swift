import Tensors

extension Tape {
    /// The same numbers as float32 or float16; the input itself if it holds that already. The gradient is converted back.
    public func convert(_ input: Variable, to elementType: ElementType) throws -> Variable {
        let inputType = input.value.elementType
        guard inputType != elementType else { return input }
        return record(try backend.convert(input.value, to: elementType), from: [input]) { [unowned self] gradient in
            try send(backend.convert(gradient, to: inputType), to: input)
        }
    }

    /// `x > 0 ? x : negativeSlope · x`.
    public func leakyReLU(_ input: Variable, negativeSlope: Float) throws -> Variable {
        let output = try backend.leakyReLU(input.value, negativeSlope: negativeSlope)
        return record(output, from: [input]) { [unowned self] outputGradient in
            try send(
                backend.leakyReLUGradient(outputGradient, input: input.value, negativeSlope: negativeSlope), to: input)
        }
    }
}
