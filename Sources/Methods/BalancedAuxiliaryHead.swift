import NeuralNetworks
import Tensors

/// A second head that sees every class equally often: images of frequent classes are left out by chance.
///
/// Source: Lee, Shin, Kim, "ABC: auxiliary balanced classifier for class-imbalanced semi-supervised learning", NeurIPS
/// 2021, equations 2 and 4, in the form of DASO's code: one strong view, soft targets, and class balance by the LAST
/// class's count.
struct BalancedAuxiliaryHead {
    /// `b_k = N_last / N_k`: the chance of an image of class k to be used.
    private let balance: [Double]
    private let epochs: Int
    private let iterationsPerEpoch: Int

    init(prior: ClassPrior, epochs: Int, iterationsPerEpoch: Int) {
        balance = prior.counts.map { Double(prior.counts.last ?? $0) / Double($0) }
        self.epochs = epochs
        self.iterationsPerEpoch = iterationsPerEpoch
    }

    /// `mean_i [u_i < b_y] CE(f_i, y_i)`, u being uniform draws `[B]`.
    func labelledLoss(
        _ logits: Variable, labels: (host: [Int32], device: Tensor), draws: Tensor, on tape: Tape
    ) throws -> Variable {
        let chances = try tape.backend.tensor(labels.host.map { Float(balance[Int($0)]) }, draws.shape)
        return try tape.crossEntropy(
            logits, labels: labels.device, weights: try Self.isBelow(draws, chances, on: tape.backend))
    }

    /// `mean_b [max p_b ≥ threshold] [u_b < r_k] H(p_b, softmax(f_b))` with `k = argmax p_b` and
    /// `r_k = 1 − (e / E) (1 − b_k)` in epoch e of E.
    ///
    /// - Parameters:
    ///   - logits: of the strong views, `[Bu, K]`.
    ///   - targets: p, `[Bu, K]`.
    ///   - pseudo: the targets' largest entries.
    ///   - draws: u, `[Bu]`.
    func unlabelledLoss(
        _ logits: Variable, targets: Tensor, pseudo: PseudoLabels, draws: Tensor, step: Int, on tape: Tape
    ) throws -> Variable {
        let backend = tape.backend
        let progress = min(Double(step / iterationsPerEpoch) / Double(epochs), 1)
        let chancesOfClasses = try backend.tensor(
            balance.map { Float(1 - progress * (1 - $0)) }, try Shape([balance.count, 1]))
        let chances = try backend.gatherRows(chancesOfClasses, indices: pseudo.labels).reshaped(to: draws.shape)
        let isDrawn = try Self.isBelow(draws, chances, on: backend)
        return try tape.crossEntropy(
            logits, targets: targets, weights: try backend.binary(.multiply, pseudo.mask, isDrawn))
    }

    /// A Bernoulli draw: 1 where `u < chance`, else 0.
    private static func isBelow(_ draws: Tensor, _ chances: Tensor, on backend: any Backend) throws -> Tensor {
        try backend.affine(try backend.binary(.greaterOrEqual, draws, chances), scale: -1, shift: 1)
    }
}
