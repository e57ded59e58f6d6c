import NeuralNetworks
import Tensors

/// What changes a base method's step for the sake of rare classes. A base asks its rebalancers at the points below, in
/// this order; what a rebalancer does not answer stays as it is.
package protocol Rebalancer: AnyObject {
    /// Before everything else.
    func begin(_ step: MethodStep) throws

    /// The labelled images' logits `[B, K]` as their loss shall see them.
    func labelledLogits(_ logits: Variable, _ step: MethodStep) throws -> Variable

    /// What each labelled image counts, `[B]`; nil for one.
    func labelledWeights(_ step: MethodStep) throws -> Tensor?

    /// The weak views' logits `[Bu, K]` from which probabilities are taken.
    func weakLogits(_ logits: Tensor, _ step: MethodStep) throws -> Tensor

    /// The probabilities `[Bu, K]` from which pseudo-labels are taken.
    func probabilities(_ probabilities: Tensor, _ step: MethodStep) throws -> Tensor

    /// What each pseudo-label counts, `[Bu]`: `pseudo.weights`, unless changed.
    func weights(of pseudo: PseudoLabels, _ step: MethodStep) throws -> Tensor

    /// What each pseudo-label counts in the strong views' loss, `[Bu]`: `pseudo.weights`, unless changed. Unlike
    /// ``weights(of:_:)`` it says nothing of which pseudo-labels are used.
    func lossWeights(of pseudo: PseudoLabels, _ step: MethodStep) throws -> Tensor

    /// The strong views' logits `[Bu, K]` as their loss shall see them.
    func strongLogits(_ logits: Variable, _ step: MethodStep) throws -> Variable

    /// What the unlabelled images' loss counts, on top of the base's own weight.
    func unsupervisedWeight(_ step: MethodStep) throws -> Float

    /// Losses beside the base's; asked only of bases that have pseudo-labels, as is ``end(_:_:)``.
    func losses(_ pseudo: PseudoLabels, _ step: MethodStep) throws -> [LossTerm]

    /// After everything else.
    func end(_ pseudo: PseudoLabels, _ step: MethodStep) throws

    /// Between steps: what the teacher predicts of all unlabelled images, as often as the requirements ask for it.
    func receive(_ predictions: UnlabelledPredictions) throws

    /// Between steps: what the teacher predicts in the mean, as often as the requirements ask for it.
    func receive(_ predictions: MeanPredictions) throws

    /// What else of the last step is worth seeing, by name: masks and labels of its own, estimates. On the device.
    func observations() throws -> [String: Tensor]

    /// Everything kept from step to step, by name.
    func state() throws -> [String: HostTensor]

    /// Puts back what ``state()`` gave.
    func restore(_ reader: inout StateReader) throws
}

extension Rebalancer {
    package func begin(_ step: MethodStep) throws {}
    package func labelledLogits(_ logits: Variable, _ step: MethodStep) throws -> Variable { logits }
    package func labelledWeights(_ step: MethodStep) throws -> Tensor? { nil }
    package func weakLogits(_ logits: Tensor, _ step: MethodStep) throws -> Tensor { logits }
    package func probabilities(_ probabilities: Tensor, _ step: MethodStep) throws -> Tensor { probabilities }
    package func weights(of pseudo: PseudoLabels, _ step: MethodStep) throws -> Tensor { pseudo.weights }
    package func lossWeights(of pseudo: PseudoLabels, _ step: MethodStep) throws -> Tensor { pseudo.weights }
    package func strongLogits(_ logits: Variable, _ step: MethodStep) throws -> Variable { logits }
    package func unsupervisedWeight(_ step: MethodStep) throws -> Float { 1 }
    package func losses(_ pseudo: PseudoLabels, _ step: MethodStep) throws -> [LossTerm] { [] }
    package func end(_ pseudo: PseudoLabels, _ step: MethodStep) throws {}
    package func receive(_ predictions: UnlabelledPredictions) throws {}
    package func receive(_ predictions: MeanPredictions) throws {}
    package func observations() throws -> [String: Tensor] { [:] }
    package func state() throws -> [String: HostTensor] { [:] }
    package func restore(_ reader: inout StateReader) throws {}
}
