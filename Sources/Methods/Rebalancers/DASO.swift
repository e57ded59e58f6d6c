import NeuralNetworks
import Tensors

/// Distribution-aware semantics-oriented pseudo-labels: those of the base are blended with the similarity to class
/// prototypes, the more so the more often the class has been predicted.
///
/// Source: Oh, Kim, Kweon, "DASO: distribution-aware semantics-oriented pseudo-label for imbalanced semi-supervised
/// learning", CVPR 2022; the order of a step as in the authors' code (github.com/ytaek-oh/daso).
///
/// On other bases it does what that code does: with a mean teacher it is the teacher's probabilities that are blended, with
/// the similarity of the teacher's features; with MixMatch and ReMixMatch the sharpened ones. Where there is no strong view
/// there is no alignment loss.
///
/// Deviations: a prototype is the mean of its queue computed when it is used, which is what the code stores; and a blend
/// before the first update of the distribution leaves the linear pseudo-label as it is.
package final class DASO: Rebalancer {
    private let options: DASOOptions
    private let zeroLoss: Tensor
    private let queues: FeatureQueues
    private let distribution: PseudoLabelDistribution
    /// What the prototypes say of this step's unlabelled images; nil until they have warmed up.
    private var semantics: Semantics?

    init(_ options: DASOOptions, at site: MethodSite) throws {
        self.options = options
        zeroLoss = try site.backend.tensor(repeating: 0, [1])
        queues = try FeatureQueues(
            capacities: [Int](repeating: options.queueCapacity, count: site.prior.classes),
            featureWidth: site.featureWidth, on: site.backend)
        distribution = try PseudoLabelDistribution(
            classes: site.prior.classes, temperature: options.distributionTemperature, on: site.backend)
    }

    /// Section 3.2: the teacher's features of the labelled images move the prototypes, and these, once they have warmed
    /// up, give semantic pseudo-labels.
    package func begin(_ step: MethodStep) throws {
        try queues.append(try teacherFeatures(of: step.inputs), labels: step.inputs.labels)
        semantics =
            step.index >= options.warmUpSteps
            ? try Semantics(step.inputs, prototypes: queues.prototypes(), options, on: step.tape) : nil
    }

    /// Section 3.3, equation 3: `p' = (1 − v) p + v q_w` with v by the class that p predicts, or a constant; p where there
    /// are no semantics yet.
    package func probabilities(_ probabilities: Tensor, _ step: MethodStep) throws -> Tensor {
        guard let semantics else { return probabilities }
        let backend = step.backend
        let difference = try backend.binary(.subtract, semantics.weakProbabilities, probabilities)
        switch options.blend {
        case .constant:
            return try backend.binary(
                .add, probabilities, try backend.affine(difference, scale: Float(options.blendConstant), shift: 0))
        case .distribution:
            let predicted = try backend.argmaxRows(probabilities).indices
            let weights = try backend.gatherRows(distribution.blendWeights, indices: predicted)
            return try backend.binary(.add, probabilities, try backend.binary(.multiply, difference, weights))
        }
    }

    /// Section 3.4, equation 4. Term: `alignment`, its weight included; 0 until prototypes are used, and for bases without
    /// strong views.
    package func losses(_ pseudo: PseudoLabels, _ step: MethodStep) throws -> [LossTerm] {
        guard let semantics, let strongLogits = semantics.strongLogits, options.alignmentWeight > 0 else {
            return [LossTerm("alignment", step.tape.constant(zeroLoss))]
        }
        let alignment = try step.tape.crossEntropy(strongLogits, targets: semantics.weakProbabilities)
        return [LossTerm("alignment", try step.tape.weightedSum([(Float(options.alignmentWeight), alignment)]))]
    }

    /// Section 3.3: the distribution of ALL final pseudo-labels, used from the next step on.
    package func end(_ pseudo: PseudoLabels, _ step: MethodStep) throws {
        try distribution.count(pseudo.labels)
        if (step.index + 1) % options.distributionUpdatePeriod == 0 { try distribution.update() }
        semantics = nil
    }

    /// What the prototypes say of the unlabelled images.
    private struct Semantics {
        /// q_w, `[Bu, K]`: constants.
        let weakProbabilities: Tensor
        /// The logits of q_s, with a gradient into the strong views' features; nil where there is no strong view.
        let strongLogits: Variable?

        init(_ inputs: StepInputs, prototypes: Tensor, _ options: DASOOptions, on tape: Tape) throws {
            // The features of whoever gives the pseudo-labels.
            let features = try inputs.teacherWeakFeatures ?? inputs.weakView().features.value
            let temperature = Float(options.prototypeTemperature)
            weakProbabilities = try tape.backend.softmax(
                try tape.backend.cosineSimilarityToPrototypes(
                    features, prototypes: prototypes, temperature: temperature))
            strongLogits = try inputs.strong.map {
                try tape.cosineSimilarityToPrototypes($0.features, prototypes: prototypes, temperature: temperature)
            }
        }
    }

    private func teacherFeatures(of inputs: StepInputs) throws -> Tensor {
        let expected = try Shape([inputs.labels.count, queues.featureWidth])
        guard let features = inputs.teacherFeatures, features.shape == expected else {
            throw MethodError.invalidInput(
                name: "teacher features",
                problem: "is \(inputs.teacherFeatures.map { "\($0.shape)" } ?? "missing"); \(expected) is needed")
        }
        return features
    }

    /// `prototypes`, `[K, D]`: the mean of each class's newest features, zeros for a class not yet seen; `distribution`,
    /// `[K]`: m; `fill`, `[K]`: how many features each queue has.
    package func observations() throws -> [String: Tensor] {
        [
            "prototypes": try queues.prototypes(), "distribution": distribution.distribution,
            "fill": try queues.fill(),
        ]
    }

    /// Queues, the distribution of pseudo-labels and the counts since its last update.
    package func state() throws -> [String: HostTensor] {
        try queues.state().merging(try distribution.state()) { first, _ in first }
    }

    /// Puts back what ``state()`` gave.
    package func restore(_ reader: inout StateReader) throws {
        try queues.restore(&reader)
        try distribution.restore(&reader)
    }
}
