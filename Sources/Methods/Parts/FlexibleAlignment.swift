import Foundation
import NeuralNetworks
import Tensors

/// What ADELLO and UDAL shift logits by in one step: towards a target prior that becomes more and more balanced.
struct FlexibleAlignment {
    /// α, `[1]`.
    let alpha: Tensor
    /// The target prior R, `[K]`.
    let target: Tensor
    private let labelledShift: Variable
    private let unlabelledShift: Variable

    /// - Parameters:
    ///   - prior: π of the labelled images, `[K]`.
    ///   - estimate: Q, that of the unlabelled ones, `[K]`.
    ///   - epsilon: added to every share, so that its logarithm is finite.
    init(alpha: Tensor, target: Tensor, prior: Tensor, estimate: Tensor, epsilon: Double, on tape: Tape) throws {
        func logarithms(_ shares: Tensor) throws -> Tensor {
            try tape.backend.unary(.logarithm, try tape.backend.affine(shares, scale: 1, shift: Float(epsilon)))
        }
        let targetLogarithms = try logarithms(target)
        func shift(to shares: Tensor) throws -> Variable {
            tape.constant(try tape.backend.binary(.subtract, try logarithms(shares), targetLogarithms))
        }
        self.alpha = alpha
        self.target = target
        labelledShift = try shift(to: prior)
        unlabelledShift = try shift(to: estimate)
    }

    /// `α = 1 − (1 − minimum) · progress^power`: 1 at the beginning of a run, `minimum` at its end.
    static func alpha(progress: Double, minimum: Double, power: Double) -> Double {
        1 - (1 - minimum) * pow(progress, power)
    }

    /// `f + log((π + ε) / (R + ε))`.
    func labelledLogits(_ logits: Variable, on tape: Tape) throws -> Variable {
        try tape.addBias(logits, labelledShift)
    }

    /// `f + log((Q + ε) / (R + ε))`.
    func strongLogits(_ logits: Variable, on tape: Tape) throws -> Variable {
        try tape.addBias(logits, unlabelledShift)
    }

    /// `alpha` and `target_distribution`.
    var observations: [String: Tensor] { ["alpha": alpha, "target_distribution": target] }
}
