import Tensors

extension Tape {
    /// eˣ.
    public func exponential(_ input: Variable) throws -> Variable {
        let output = try backend.unary(.exponential, input.value)
        return record(output, from: [input]) { [unowned self] gradient in
            try send(backend.binary(.multiply, gradient, output), to: input)
        }
    }

    /// ln x. Neither the value nor the gradient is finite at 0: ``clamp(_:to:)`` the input first where it may get there.
    public func logarithm(_ input: Variable) throws -> Variable {
        record(try backend.unary(.logarithm, input.value), from: [input]) { [unowned self] gradient in
            try send(backend.binary(.divide, gradient, input.value), to: input)
        }
    }

    /// `scale · x + shift`.
    public func affine(_ input: Variable, scale: Float, shift: Float) throws -> Variable {
        record(try backend.affine(input.value, scale: scale, shift: shift), from: [input]) { [unowned self] gradient in
            try send(scale == 1 ? gradient : backend.affine(gradient, scale: scale, shift: 0), to: input)
        }
    }

    /// The nearest number in `range`. The derivative is 1 inside it and on its bounds, 0 outside.
    public func clamp(_ input: Variable, to range: ClosedRange<Float>) throws -> Variable {
        let lowest = try backend.tensor(repeating: range.lowerBound, [1])
        let highest = try backend.tensor(repeating: range.upperBound, [1])
        let raised = try backend.binary(.maximum, input.value, lowest)
        let output = try backend.binary(.minimum, raised, highest)
        return record(output, from: [input]) { [unowned self] gradient in
            // What the clamp has not moved: x ≥ y ≥ x.
            let isNotRaised = try backend.binary(.greaterOrEqual, input.value, output)
            let isNotLowered = try backend.binary(.greaterOrEqual, output, input.value)
            let mask = try backend.binary(.multiply, isNotRaised, isNotLowered)
            try send(backend.binary(.multiply, gradient, mask), to: input)
        }
    }

    /// `a + b`, b being repeated over a as ``Broadcast`` says.
    public func add(_ first: Variable, _ second: Variable) throws -> Variable {
        record(try backend.binary(.add, first.value, second.value), from: [first, second]) {
            [unowned self] gradient in
            try send(gradient, to: first)
            try sendReduced(gradient, to: second)
        }
    }

    /// `input + bias`, `bias` `[C]` being repeated over all rows of `[…, C]`.
    public func addBias(_ input: Variable, _ bias: Variable) throws -> Variable {
        try Expect.shape(bias.value, [input.shape.columns], "the bias", operation: "addBias")
        return try add(input, bias)
    }

    /// `a − b`, b being repeated over a as ``Broadcast`` says.
    public func subtract(_ first: Variable, _ second: Variable) throws -> Variable {
        record(try backend.binary(.subtract, first.value, second.value), from: [first, second]) {
            [unowned self] gradient in
            try send(gradient, to: first)
            try sendReduced(backend.affine(gradient, scale: -1, shift: 0), to: second)
        }
    }

    /// `a · b`, b being repeated over a as ``Broadcast`` says. `a` and `b` may be one variable: its square.
    public func multiply(_ first: Variable, _ second: Variable) throws -> Variable {
        record(try backend.binary(.multiply, first.value, second.value), from: [first, second]) {
            [unowned self] gradient in
            try send(backend.binary(.multiply, gradient, second.value), to: first)
            try sendReduced(backend.binary(.multiply, gradient, first.value), to: second)
        }
    }

    /// `a / b`, b being repeated over a as ``Broadcast`` says.
    public func divide(_ first: Variable, _ second: Variable) throws -> Variable {
        let output = try backend.binary(.divide, first.value, second.value)
        return record(output, from: [first, second]) { [unowned self] gradient in
            let firstGradient = try backend.binary(.divide, gradient, second.value)
            try send(firstGradient, to: first)
            // d(a/b)/db = −(a/b) / b.
            try sendReduced(
                backend.affine(backend.binary(.multiply, firstGradient, output), scale: -1, shift: 0), to: second)
        }
    }

    /// Sends `variable`, which was repeated over a tensor, the sum of the tensor's gradient over its repetitions. Not
    /// evaluated if no gradient is wanted.
    private func sendReduced(_ gradient: @autoclosure () throws -> Tensor, to variable: Variable) throws {
        guard variable.requiresGradient else { return }
        let gradient = try gradient()
        switch try Broadcast(first: gradient.shape, second: variable.shape, operation: "gradient") {
        case .elementwise:
            try send(gradient, to: variable)
        case .row:
            try sendInto([variable]) { try backend.columnSums(gradient, into: $0[0]) }
        case .column:
            try send(backend.rowSums(gradient), to: variable)
        case .scalar:
            try send(backend.sum(gradient, scale: 1).reshaped(to: variable.shape), to: variable)
        }
    }
}
