import Methods
import Tensors

/// Logit adjustment after training: a class is predicted by `argmax(f − τ·log π)`, π being the distribution of the labels
/// that were learned from, so that frequent classes lose the head start that they have learned.
///
/// Source: Menon et al., "Long-tail learning via logit adjustment", ICLR 2021, equation 9.
struct LogitAdjustment {
    /// τ.
    let tau: Double
    /// `τ·log π`, `[K]`.
    private let shift: Tensor
    private let backend: any Backend

    /// Nil where the settings wish for none.
    init?(_ settings: EvaluationSettings, prior: ClassPrior, on backend: any Backend) throws {
        guard let tau = settings.logitAdjustment, let shift = try prior.logitAdjustment(tau: tau, on: backend) else {
            return nil
        }
        self.tau = tau
        self.shift = shift
        self.backend = backend
    }

    /// `f − τ·log π` for each row of `[N, K]`.
    func adjusted(_ logits: Tensor) throws -> Tensor {
        try backend.binary(.subtract, logits, shift)
    }
}
