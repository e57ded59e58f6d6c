import Tensors

extension Tape {
    /// `<z/|z|, c/|c|> / temperature` for each row z of `features` `[N, D]` and each row c of `prototypes` `[K, D]`,
    /// which are constants → `[N, K]`. A vector of length zero has similarity 0 with everything.
    public func cosineSimilarityToPrototypes(
        _ features: Variable, prototypes: Tensor, temperature: Float
    ) throws -> Variable {
        let logits = try backend.cosineSimilarityToPrototypes(
            features.value, prototypes: prototypes, temperature: temperature)
        return record(logits, from: [features]) { [unowned self] logitsGradient in
            try send(
                backend.cosineSimilarityToPrototypesGradient(
                    logitsGradient, features: features.value, prototypes: prototypes, temperature: temperature),
                to: features)
        }
    }
}
