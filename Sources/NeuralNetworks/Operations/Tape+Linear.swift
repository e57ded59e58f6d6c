import Tensors

extension Tape {
    /// `y = x · weightᵀ + bias`: `[N, in]`, `[out, in]`, `[out]` → `[N, out]`.
    public func linear(_ input: Variable, weight: Variable, bias: Variable) throws -> Variable {
        let output = try backend.linear(input.value, weight: weight.value, bias: bias.value)
        return record(output, from: [input, weight, bias]) { [unowned self] outputGradient in
            if weight.requiresGradient || bias.requiresGradient {
                try sendInto([weight, bias]) { destinations in
                    try backend.linearParameterGradient(
                        outputGradient, input: input.value, intoWeight: destinations[0], intoBias: destinations[1])
                }
            }
            try send(backend.linearInputGradient(outputGradient, weight: weight.value), to: input)
        }
    }
}
