import Tensors

extension Tape {
    /// The sum of each row: `[…, K]` of N rows → `[N, 1]`, which can be repeated over the rows again.
    public func rowSums(_ input: Variable) throws -> Variable {
        let shape = input.shape
        return record(try backend.rowSums(input.value), from: [input]) { [unowned self] gradient in
            try send(
                backend.binary(.multiply, backend.tensor(repeating: 1, shape), gradient), to: input)
        }
    }

    /// The length of each row: `[N, D]` → `[N, 1]`. The gradient of a row of length 0 is 0.
    public func rowNorms(_ input: Variable) throws -> Variable {
        let squares = try backend.binary(.multiply, input.value, input.value)
        let norms = try backend.unary(.squareRoot, try backend.rowSums(squares))
        return record(norms, from: [input]) { [unowned self] gradient in
            let directions = try backend.l2Normalize(input.value, epsilon: 0)
            try send(backend.binary(.multiply, directions, gradient), to: input)
        }
    }

    /// The sum of all elements times `scale`: `[1]`.
    public func sum(_ input: Variable, scale: Float = 1) throws -> Variable {
        let shape = input.shape
        return record(try backend.sum(input.value, scale: scale), from: [input]) { [unowned self] gradient in
            try send(
                backend.binary(.multiply, backend.tensor(repeating: scale, shape), gradient), to: input)
        }
    }

    /// The mean of all elements: `[1]`.
    ///
    /// - Throws: `TensorError.invalidArgument` if there are none.
    public func mean(_ input: Variable) throws -> Variable {
        try Expect.positive(input.value.count, "the number of elements", operation: "mean")
        return try sum(input, scale: 1 / Float(input.value.count))
    }
}
