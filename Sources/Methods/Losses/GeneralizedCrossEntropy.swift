import Foundation
import NeuralNetworks
import Tensors

/// GCE: between cross entropy (q → 0) and mean absolute error (q = 1), so that wrong labels pull less,
/// `mean (1 − p_y^q) / q`; where truncated, the constant `(1 − k^q) / q` for rows with `p_y ≤ k`. With logit adjustment,
/// p is `softmax(f + τ·log π)`.
///
/// Source: Zhang, Sabuncu, "Generalized cross entropy loss for training deep neural networks with noisy labels", NeurIPS
/// 2018. Deviation: the truncated loss leaves out rows for good, without the paper's learned weights.
final class GeneralizedCrossEntropy: LabelledLoss {
    private let q: Float
    /// `−log k`: cross entropies above it count as this; nil for no truncation.
    private let largestCrossEntropy: Float?
    private let adjustment: Tensor?

    init(q: Double, truncation: Double, logitAdjustmentTau: Double, at site: MethodSite) throws {
        self.q = Float(q)
        largestCrossEntropy = truncation > 0 ? Float(-log(truncation)) : nil
        adjustment = try site.prior.logitAdjustment(tau: logitAdjustmentTau, on: site.backend)
    }

    func losses(_ logits: Variable, _ step: MethodStep) throws -> RowLosses {
        let tape = step.tape
        var crossEntropies = try tape.crossEntropies(tape.shift(logits, by: adjustment), labels: step.labels)
        if let largestCrossEntropy {
            crossEntropies = try tape.clamp(crossEntropies, to: -1...max(largestCrossEntropy, 0))
        }
        // p_y^q = exp(−q · CE).
        let powers = try tape.exponential(tape.affine(crossEntropies, scale: -q, shift: 0))
        return RowLosses(try tape.affine(powers, scale: -1 / q, shift: 1 / q))
    }
}

/// What can be chosen of ``GeneralizedCrossEntropy``. The defaults are the paper's.
public struct GeneralizedCrossEntropyOptions: LabelledLossPart {
    /// The name in recipes.
    public static let name = "gce"
    /// q: towards 0 cross entropy, 1 for mean absolute error.
    public var q = 0.7
    /// k: rows whose label has no more than this probability are left out; 0 for none, the paper takes 0.5.
    public var truncation = 0.0

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case q = "gce_q"
        case truncation = "gce_truncation"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(positive: CodingKeys.q, q)
        try require(fraction: CodingKeys.q, q)
        try require(fraction: CodingKeys.truncation, truncation)
    }

    package func makeLoss(at site: MethodSite) throws -> any LabelledLoss {
        try GeneralizedCrossEntropy(q: q, truncation: truncation, logitAdjustmentTau: 0, at: site)
    }
}
