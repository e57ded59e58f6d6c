import NeuralNetworks
import Tensors

/// Learning from the labelled images alone: the baseline of every comparison.
///
/// `L = mean CE(f + τ·log π, y)`; τ = 0 is plain cross entropy, τ = 1 logit adjustment.
/// Source: Menon et al., "Long-tail learning via logit adjustment", ICLR 2021, equation 10.
public final class Supervised: Method {
    /// What it needs from the loop.
    public let requirements = MethodRequirements()
    private let classes: Int
    private let adjustment: Tensor?

    /// - Throws: `MethodError.invalidOption`.
    public init(_ options: SupervisedOptions, prior: ClassPrior, on backend: any Backend) throws {
        try options.validate()
        classes = prior.classes
        adjustment = try prior.logitAdjustment(tau: options.logitAdjustmentTau, on: backend)
    }

    /// One term: `supervised`.
    public func step(_ inputs: StepInputs, on tape: Tape) throws -> StepOutputs {
        let labels = try inputs.uploadedLabels(classes: classes, on: tape.backend)
        let loss = try tape.supervisedLoss(inputs.labelled.logits, labels: labels, adjustment: adjustment)
        return StepOutputs(total: loss, terms: [("supervised", loss.value)])
    }

    /// Nothing is kept.
    public func state() throws -> [String: HostTensor] { [:] }

    /// Accepts the empty state only.
    public func restore(_ state: [String: HostTensor]) throws {
        try StateReader(state).finish()
    }
}
