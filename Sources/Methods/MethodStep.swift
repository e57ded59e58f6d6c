import NeuralNetworks
import Tensors

/// One step as the parts of a method see it.
package struct MethodStep {
    /// What the loop has given.
    let inputs: StepInputs
    /// The labels on the device, int32 `[B]`.
    let labels: Tensor
    /// The loss of the labelled images.
    let loss: any LabelledLoss
    /// What changes the base's step for the sake of rare classes.
    let rebalancers: RebalancerList
    /// The probability from which on the base uses a pseudo-label, `[1]`.
    let threshold: Tensor
    /// Where losses are recorded.
    let tape: Tape

    /// Where everything is computed.
    var backend: any Backend { tape.backend }
    /// The 0-based step.
    var index: Int { inputs.step }

    /// The labelled images' part of the loss.
    func supervisedTerm() throws -> LossTerm {
        let rows = try loss.losses(rebalancers.labelledLogits(inputs.labelled.logits, self), self)
        let (mean, perSample) = try rows.mean(weights: rebalancers.labelledWeights(self), on: tape)
        var term = LossTerm("supervised", mean)
        term.perSample = perSample
        return term
    }

    /// Probabilities `[Bu, K]` as the rebalancers refine them, and the pseudo-labels among them.
    ///
    /// - Parameter baseWeights: what the base lets each count, `[Bu]`; otherwise what reaches the threshold counts.
    func pseudoLabels(
        _ probabilities: Tensor, baseWeights: (PseudoLabels) throws -> Tensor = { $0.weights }
    ) throws -> PseudoLabels {
        let refined = try rebalancers.probabilities(probabilities, self)
        var pseudo = try PseudoLabels(refined, threshold: threshold, on: backend)
        pseudo = PseudoLabels(pseudo, weights: try baseWeights(pseudo))
        return PseudoLabels(pseudo, weights: try rebalancers.weights(of: pseudo, self))
    }

    /// The mean over the strong views of `(1/Bu) Σ w_b CE(f_b, ŷ_b)`.
    func unsupervisedTerm(weight: Float, strong: [ViewOutputs], pseudo: PseudoLabels) throws -> LossTerm {
        let weights = try rebalancers.lossWeights(of: pseudo, self)
        let views = try strong.map { try rebalancers.strongLogits($0.logits, self) }
        let targets = try backend.oneHot(pseudo.labels, classes: pseudo.probabilities.shape.columns)
        return LossTerm(
            "unsupervised", weight: try weight * rebalancers.unsupervisedWeight(self),
            try tape.meanCrossEntropy(of: views, targets: targets, weights: weights))
    }
}
