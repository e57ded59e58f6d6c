import NeuralNetworks
import Tensors

/// All images, labelled or not, are mixed in pairs; the unlabelled ones' labels are the sharpened mean of what the network
/// says of two weak views.
///
/// Source: Berthelot et al., "MixMatch: a holistic approach to semi-supervised learning", NeurIPS 2019, section 3. One λ a
/// batch, as in the authors' code.
package final class MixMatch: BaseMethod {
    private let options: MixMatchOptions
    private let rampUp: RampUp
    private let sharpening: Sharpening
    private var observed: [String: Tensor] = [:]

    init(_ options: MixMatchOptions, at site: MethodSite) throws {
        self.options = options
        rampUp = RampUp(fraction: options.rampFraction, totalSteps: site.totalSteps)
        sharpening = try Sharpening(temperature: options.sharpeningTemperature, on: site.backend)
    }

    /// All labels are used, whatever their confidence.
    package var confidenceThreshold: Double { 0 }

    /// Terms: `supervised`, `unsupervised`.
    package func step(_ step: MethodStep) throws -> (terms: [LossTerm], pseudo: PseudoLabels?) {
        let (inputs, tape, backend) = (step.inputs, step.tape, step.backend)
        let weak = try inputs.weakView()
        guard let secondWeak = inputs.secondWeak, secondWeak.logits.shape == weak.logits.shape else {
            throw MethodError.invalidInput(name: "second weak view", problem: "is missing or not of the same images")
        }
        let (mixing, mixed) = try inputs.mixedRows()

        // Section 3.2: the labels of unlabelled images.
        let sum = try backend.binary(
            .add, backend.softmax(step.rebalancers.weakLogits(weak.logits.value, step)),
            backend.softmax(step.rebalancers.weakLogits(secondWeak.logits.value, step)))
        let pseudo = try step.pseudoLabels(sharpening(backend.affine(sum, scale: 0.5, shift: 0)))

        // Section 3.3: the labels of mixed images.
        let targets = try MixedTargets(
            labels: backend.oneHot(step.labels, classes: weak.logits.shape.columns),
            targets: pseudo.probabilities, views: 2, mixing: mixing, on: backend)
        observed = ["target": pseudo.probabilities, "mixed_target": targets.all]

        // Section 3.4, equations 3 to 5.
        let supervised = LossTerm(
            "supervised",
            try tape.crossEntropy(
                step.rebalancers.labelledLogits(inputs.labelled.logits, step), targets: targets.labelled))
        let unsupervised = LossTerm(
            "unsupervised",
            weight: try Float(options.unsupervisedWeight) * rampUp.weight(at: step.index)
                * step.rebalancers.unsupervisedWeight(step),
            try tape.softmaxMeanSquaredError(
                step.rebalancers.strongLogits(mixed.logits, step), targets: targets.unlabelled))
        return ([supervised, unsupervised], pseudo)
    }

    /// `target`, `[Bu, K]`: the unlabelled images' labels; `mixed_target`, `[M, K]`: those of the mixed rows.
    package func observations() throws -> [String: Tensor] { observed }
}

/// What can be chosen of ``MixMatch``. The defaults are those of DASO's comparison.
public struct MixMatchOptions: BasePart {
    /// The name in recipes.
    public static let name = "mixmatch"
    package static let usesLabelledLoss = false
    /// λᵤ: the weight of the unlabelled images' loss in the long run.
    public var unsupervisedWeight = 100.0
    /// The part of the run over which that weight rises.
    public var rampFraction = 0.016
    /// T: labels are sharpened to their powers of 1/T.
    public var sharpeningTemperature = 0.5
    /// α of the Beta distribution that mixing weights are drawn from; the paper takes 0.75.
    public var mixingConcentration = 0.5

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case unsupervisedWeight = "unsupervised_weight"
        case rampFraction = "ramp_fraction"
        case sharpeningTemperature = "sharpening_temperature"
        case mixingConcentration = "mixing_concentration"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.unsupervisedWeight, unsupervisedWeight, atLeast: 0)
        try require(fraction: CodingKeys.rampFraction, rampFraction)
        try require(positive: CodingKeys.sharpeningTemperature, sharpeningTemperature)
        try require(positive: CodingKeys.mixingConcentration, mixingConcentration)
    }

    package var requirements: MethodRequirements {
        var requirements = MethodRequirements()
        requirements.weakViews = 2
        requirements.mixing = MixingRequirements(concentration: mixingConcentration)
        return requirements
    }

    package func makeBase(at site: MethodSite) throws -> any BaseMethod { try MixMatch(self, at: site) }
}
