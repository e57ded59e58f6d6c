import NeuralNetworks
import Tensors

/// Confident predictions are the labels of the very images that they were made of, by and by.
///
/// Source: Lee, "Pseudo-label: the simple and efficient semi-supervised learning method for deep neural networks", ICML
/// 2013 workshop, equation 15. Deviations, which later comparisons share (USB, DASO): a confidence threshold, and a ramp
/// without the paper's first part of weight 0.
package final class PseudoLabelling: BaseMethod {
    private let options: PseudoLabellingOptions
    private let rampUp: RampUp
    private var ramp: Tensor?

    init(_ options: PseudoLabellingOptions, at site: MethodSite) {
        self.options = options
        rampUp = RampUp(fraction: options.rampFraction, totalSteps: site.totalSteps)
    }

    package var confidenceThreshold: Double { options.confidenceThreshold }

    /// Terms: `supervised`, `unsupervised`.
    package func step(_ step: MethodStep) throws -> (terms: [LossTerm], pseudo: PseudoLabels?) {
        let weak = try step.inputs.weakView()
        let supervised = try step.supervisedTerm()

        let logits = try step.rebalancers.weakLogits(weak.logits.value, step)
        let pseudo = try step.pseudoLabels(step.backend.softmax(logits))
        let rampWeight = rampUp.weight(at: step.index)
        ramp = try step.backend.tensor([rampWeight], [1])
        // The weak view takes the strong one's place: it learns from its own label.
        let unsupervised = try step.unsupervisedTerm(
            weight: Float(options.unsupervisedWeight) * rampWeight, strong: [weak], pseudo: pseudo)
        return ([supervised, unsupervised], pseudo)
    }

    /// `ramp`, `[1]`.
    package func observations() throws -> [String: Tensor] { ramp.map { ["ramp": $0] } ?? [:] }
}

/// What can be chosen of ``PseudoLabelling``. The defaults are those of DASO's comparison.
public struct PseudoLabellingOptions: BasePart {
    /// The name in recipes.
    public static let name = "pseudo-label"
    /// A pseudo-label is used where its probability reaches this.
    public var confidenceThreshold = 0.95
    /// λᵤ: the weight of the unlabelled images' loss in the long run.
    public var unsupervisedWeight = 1.0
    /// The part of the run over which that weight rises.
    public var rampFraction = 0.4

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case confidenceThreshold = "confidence_threshold"
        case unsupervisedWeight = "unsupervised_weight"
        case rampFraction = "ramp_fraction"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(fraction: CodingKeys.confidenceThreshold, confidenceThreshold)
        try require(CodingKeys.unsupervisedWeight, unsupervisedWeight, atLeast: 0)
        try require(fraction: CodingKeys.rampFraction, rampFraction)
    }

    package var requirements: MethodRequirements {
        var requirements = MethodRequirements()
        requirements.weakViews = 1
        return requirements
    }

    package func makeBase(at site: MethodSite) throws -> any BaseMethod { PseudoLabelling(self, at: site) }
}
