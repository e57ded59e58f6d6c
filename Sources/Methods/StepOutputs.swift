import NeuralNetworks
import Tensors

/// A part of a step's loss.
package struct LossTerm {
    /// Its name in the log: `supervised`, `unsupervised`, ….
    package var name: String
    /// What it counts in the total.
    package var weight: Float
    /// `[1]`, without the weight. A constant where the part is not yet or no longer in use.
    package var loss: Variable
    /// `[N]`: what each row had in it, before rows are weighted; nil where nobody asks.
    package var perSample: Tensor?

    /// One part.
    package init(_ name: String, weight: Float = 1, _ loss: Variable) {
        self.name = name
        self.weight = weight
        self.loss = loss
    }
}

/// What a method makes of one step.
public struct StepOutputs {
    /// The loss to minimise, `[1]`.
    public var total: Variable
    /// The parts of the loss by name, each `[1]`, for the log. Still on the device.
    public var terms: [(name: String, value: Tensor)]
    /// Each labelled row's loss, `[B]`; nil for methods that mix the labelled images with others.
    public var labelledLosses: Tensor?
    /// The unlabelled rows' hard pseudo-labels, int32 `[Bu]`.
    public var pseudoLabels: Tensor?
    /// What each pseudo-label counts, `[Bu]`: 1 where it is used, else 0, or a weight between.
    public var mask: Tensor?

    /// What else is worth seeing, by name: an auxiliary head's masks and labels, estimates. Computed when it is asked for,
    /// which is before the next step.
    public var observations: () throws -> [String: Tensor] = { [:] }

    /// The weighted sum of the terms, and what the log shall show.
    package init(_ terms: [LossTerm], pseudo: PseudoLabels? = nil, on tape: Tape) throws {
        total = try tape.weightedSum(terms.map { ($0.weight, $0.loss) })
        self.terms = terms.map { ($0.name, $0.loss.value) }
        labelledLosses = terms.lazy.compactMap(\.perSample).first
        pseudoLabels = pseudo?.labels
        mask = pseudo?.weights
    }
}
