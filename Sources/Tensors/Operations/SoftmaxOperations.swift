/// Softmax over rows `[N, K]` and the losses built on it. The largest element is subtracted first, so ±100 is harmless.
/// An implementation must pass the parity rows of these names and the golden vectors `softmax_*`, `log_softmax_*`,
/// `cross_entropy_*`, `softmax_mean_squared_error_*`, `entropy_*`.
public protocol SoftmaxOperations: AnyObject {
    /// `exp(x_k) / Σ_j exp(x_j)`.
    func softmax(_ logits: Tensor) throws -> Tensor

    /// With `y` the softmax: `y · (outputGradient − Σ_k outputGradient_k · y_k)`.
    func softmaxGradient(_ outputGradient: Tensor, output: Tensor) throws -> Tensor

    /// `x_k − log Σ_j exp(x_j)`.
    func logSoftmax(_ logits: Tensor) throws -> Tensor

    /// With `y` the log-softmax: `outputGradient − exp(y) · Σ_k outputGradient_k`.
    func logSoftmaxGradient(_ outputGradient: Tensor, output: Tensor) throws -> Tensor

    /// Cross entropy with soft targets: `perSample_i = −Σ_k targets_ik · logSoftmax(logits)_ik` (not weighted) and
    /// `loss = Σ_i weights_i · perSample_i / N`. Samples of weight 0 count in N. A class of target 0 adds 0.
    ///
    /// - Parameters:
    ///   - logits, targets: `[N, K]`.
    ///   - weights: `[N]`; nil means ones.
    /// - Returns: `perSample` `[N]`, `loss` `[1]`.
    func crossEntropy(
        _ logits: Tensor, targets: Tensor, weights: Tensor?
    ) throws -> (perSample: Tensor, loss: Tensor)

    /// The gradient of ``crossEntropy(_:targets:weights:)``'s loss with respect to the logits, targets constant:
    /// `lossGradient · weights_i / N · (softmax(logits)_ik · Σ_j targets_ij − targets_ik)`.
    ///
    /// - Parameter lossGradient: `[1]`.
    func crossEntropyGradient(
        _ lossGradient: Tensor, logits: Tensor, targets: Tensor, weights: Tensor?
    ) throws -> Tensor

    /// `[1]`: the mean over all N·K entries of `(softmax(logits) − softmax(targetLogits))²`.
    func softmaxMeanSquaredError(_ logits: Tensor, targetLogits: Tensor) throws -> Tensor

    /// The gradient of ``softmaxMeanSquaredError(_:targetLogits:)`` with respect to the logits, target constant.
    func softmaxMeanSquaredErrorGradient(
        _ lossGradient: Tensor, logits: Tensor, targetLogits: Tensor
    ) throws -> Tensor

    /// `[N]`: `−Σ_k p_k log p_k` of each row of probabilities, `0 log 0` being 0.
    func entropy(_ probabilities: Tensor) throws -> Tensor
}
