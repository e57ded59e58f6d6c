// Operations with a default body in terms of others. They are requirements, so a backend with a fused kernel overrides
// the default.

/// Operations that a backend gets for free.
/// An implementation must pass the parity rows of these names and the golden vectors `linear_*`, `kl_divergence_*`,
/// `softmax_entropy_*`.
public protocol DerivedOperations: AnyObject {
    /// `y = x · weightᵀ + bias`: `[N, in]`, `[out, in]`, `[out]` → `[N, out]`.
    func linear(_ input: Tensor, weight: Tensor, bias: Tensor) throws -> Tensor

    /// `outputGradient · weight`: `[N, out]` → `[N, in]`.
    func linearInputGradient(_ outputGradient: Tensor, weight: Tensor) throws -> Tensor

    /// `outputGradientᵀ · input` into `[out, in]` and the column sums of `outputGradient` into `[out]`.
    func linearParameterGradient(
        _ outputGradient: Tensor, input: Tensor, intoWeight weightGradient: Tensor, intoBias biasGradient: Tensor
    ) throws

    /// `perSample_i = Σ_k q_k (log q_k − logSoftmax(logits)_k)` with targets q, and `loss`, its mean.
    func klDivergence(_ logits: Tensor, targets: Tensor) throws -> (perSample: Tensor, loss: Tensor)

    /// The gradient of the loss with respect to the logits, targets constant.
    func klDivergenceGradient(_ lossGradient: Tensor, logits: Tensor, targets: Tensor) throws -> Tensor

    /// The entropy of `softmax(logits)` for each row, and `loss`, its mean.
    func softmaxEntropy(_ logits: Tensor) throws -> (perSample: Tensor, loss: Tensor)

    /// The gradient of the loss with respect to the logits: `−lossGradient / N · p_k (log p_k + entropy)`.
    func softmaxEntropyGradient(_ lossGradient: Tensor, logits: Tensor) throws -> Tensor
}

extension DerivedOperations
where
    Self: MemoryOperations & MatrixOperations & PointwiseOperations & ReductionOperations & SoftmaxOperations
{
    /// A product with the transposed weight, then the bias added to each row.
    public func linear(_ input: Tensor, weight: Tensor, bias: Tensor) throws -> Tensor {
        try Expect.matrix(input, "the input", operation: "linear")
        try Expect.matrix(weight, "the weight", operation: "linear")
        try Expect.shape(bias, [weight.shape[0]], "the bias", operation: "linear")
        let product = try makeTensor([input.shape[0], weight.shape[0]], .float32)
        try gemm(alpha: 1, input, transposeA: false, weight, transposeB: true, beta: 0, into: product)
        return try binary(.add, product, bias)
    }

    /// One matrix product.
    public func linearInputGradient(_ outputGradient: Tensor, weight: Tensor) throws -> Tensor {
        try Expect.matrix(outputGradient, "the output gradient", operation: "linearInputGradient")
        try Expect.matrix(weight, "the weight", operation: "linearInputGradient")
        let inputGradient = try makeTensor([outputGradient.shape[0], weight.shape[1]], .float32)
        try gemm(alpha: 1, outputGradient, transposeA: false, weight, transposeB: false, beta: 0, into: inputGradient)
        return inputGradient
    }

    /// One matrix product and the column sums.
    public func linearParameterGradient(
        _ outputGradient: Tensor, input: Tensor, intoWeight weightGradient: Tensor, intoBias biasGradient: Tensor
    ) throws {
        try gemm(alpha: 1, outputGradient, transposeA: true, input, transposeB: false, beta: 0, into: weightGradient)
        try columnSums(outputGradient, into: biasGradient)
    }

    /// The cross entropy less the targets' own entropy.
    public func klDivergence(_ logits: Tensor, targets: Tensor) throws -> (perSample: Tensor, loss: Tensor) {
        let crossEntropies = try crossEntropy(logits, targets: targets, weights: nil).perSample
        let perSample = try binary(.subtract, crossEntropies, try entropy(targets))
        return (perSample, try sum(perSample, scale: 1 / Float(max(1, perSample.count))))
    }

    /// That of the cross entropy: the targets' entropy does not depend on the logits.
    public func klDivergenceGradient(_ lossGradient: Tensor, logits: Tensor, targets: Tensor) throws -> Tensor {
        try crossEntropyGradient(lossGradient, logits: logits, targets: targets, weights: nil)
    }

    /// The cross entropy with the softmax itself as target.
    public func softmaxEntropy(_ logits: Tensor) throws -> (perSample: Tensor, loss: Tensor) {
        try crossEntropy(logits, targets: try softmax(logits), weights: nil)
    }

    /// The formula, one pointwise operation after another.
    public func softmaxEntropyGradient(_ lossGradient: Tensor, logits: Tensor) throws -> Tensor {
        let probabilities = try softmax(logits)
        let (perSample, _) = try softmaxEntropy(logits)
        let shifted = try binary(.add, try logSoftmax(logits), try perSample.reshaped(to: [perSample.count, 1]))
        let gradient = try binary(.multiply, probabilities, shifted)
        let scaled = try affine(gradient, scale: -1 / Float(max(1, perSample.count)), shift: 0)
        return try binary(.multiply, scaled, lossGradient)
    }
}
