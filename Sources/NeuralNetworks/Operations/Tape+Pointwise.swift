import Tensors

extension Tape {
    /// The sum of two tensors of one shape: a residual connection.
    public func add(_ first: Variable, _ second: Variable) throws -> Variable {
        try Expect.shape(second.value, first.shape, "the second operand", operation: "add")
        return record(try backend.binary(.add, first.value, second.value), from: [first, second]) {
            [unowned self] gradient in
            try send(gradient, to: first)
            try send(gradient, to: second)
        }
    }

    /// `input + bias`, `bias` `[C]` being repeated over all rows of `[…, C]`.
    public func addBias(_ input: Variable, _ bias: Variable) throws -> Variable {
        try Expect.shape(bias.value, [input.shape.columns], "the bias", operation: "addBias")
        return record(try backend.binary(.add, input.value, bias.value), from: [input, bias]) {
            [unowned self] gradient in
            if bias.requiresGradient {
                try sendInto([bias]) { try backend.columnSums(gradient, into: $0[0]) }
            }
            try send(gradient, to: input)
        }
    }

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
