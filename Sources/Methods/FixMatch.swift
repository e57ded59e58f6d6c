import NeuralNetworks
import Tensors

/// Confident predictions on weakly augmented images are the labels of their strongly augmented views.
///
/// Source: Sohn et al., "FixMatch: simplifying semi-supervised learning with consistency and confidence", NeurIPS 2020,
/// equations 3 and 4; with logit adjustment as DASO's authors add it (Oh, Kim, Kweon, CVPR 2022, table 2).
public final class FixMatch: Method {
    /// What it needs from the loop.
    public let requirements = MethodRequirements(usesUnlabelledImages: true)
    private let options: FixMatchOptions
    private let classes: Int
    private let adjustment: Tensor?
    private let threshold: Tensor

    /// - Throws: `MethodError.invalidOption`.
    public init(_ options: FixMatchOptions, prior: ClassPrior, on backend: any Backend) throws {
        try options.validate()
        self.options = options
        classes = prior.classes
        adjustment = try prior.logitAdjustment(tau: options.logitAdjustmentTau, on: backend)
        threshold = try backend.tensor([Float(options.confidenceThreshold)], [1])
    }

    /// Terms: `supervised`, `unsupervised`.
    public func step(_ inputs: StepInputs, on tape: Tape) throws -> StepOutputs {
        let backend = tape.backend
        let labels = try inputs.uploadedLabels(classes: classes, on: backend)
        let (weak, strong) = try inputs.unlabelledViews()

        // Equation 3: the labelled images.
        let supervised = try tape.supervisedLoss(inputs.labelled.logits, labels: labels, adjustment: adjustment)

        // Equation 4: pseudo-labels of the weak views, as constants, for the strong views.
        let probabilities = try backend.softmax(weak.logits.value)
        let pseudo = try PseudoLabels(probabilities, threshold: threshold, on: backend)
        let unsupervised = try tape.crossEntropy(strong.logits, labels: pseudo.labels, weights: pseudo.mask)

        let total = try tape.weightedSum([(1, supervised), (Float(options.unsupervisedWeight), unsupervised)])
        return StepOutputs(
            total: total, terms: [("supervised", supervised.value), ("unsupervised", unsupervised.value)],
            pseudoLabels: pseudo.labels, mask: pseudo.mask)
    }

    /// Nothing is kept.
    public func state() throws -> [String: HostTensor] { [:] }

    /// Accepts the empty state only.
    public func restore(_ state: [String: HostTensor]) throws {
        try StateReader(state).finish()
    }
}
