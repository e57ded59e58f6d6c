import NeuralNetworks
import Tensors

/// Distribution-aware semantics-oriented pseudo-labels: FixMatch whose pseudo-labels are blended with the similarity to
/// class prototypes, the more so the more often the class has been predicted.
///
/// Source: Oh, Kim, Kweon, "DASO: distribution-aware semantics-oriented pseudo-label for imbalanced semi-supervised
/// learning", CVPR 2022; the order of a step as in the authors' code (github.com/ytaek-oh/daso). Options add logit
/// adjustment and an auxiliary balanced head, as the authors do in tables 2 and 4.
///
/// Deviations: a prototype is the mean of its queue computed when it is used, which is what the code stores; and a blend
/// before the first update of the distribution leaves the linear pseudo-label as it is.
public final class DASO: Method {
    /// What it needs from the loop.
    public let requirements: MethodRequirements
    private let options: DASOOptions
    private let classes: Int
    private let adjustment: Tensor?
    private let threshold: Tensor
    private let zeroLoss: Tensor
    private let queues: FeatureQueues
    private let distribution: PseudoLabelDistribution
    private let auxiliaryHead: BalancedAuxiliaryHead?

    /// - Throws: `MethodError.invalidOption`.
    public init(_ options: DASOOptions, prior: ClassPrior, featureWidth: Int, on backend: any Backend) throws {
        try options.validate()
        self.options = options
        requirements = MethodRequirements(
            usesUnlabelledImages: true, usesTeacherFeatures: true, usesAuxiliaryHead: options.auxiliaryHead)
        classes = prior.classes
        adjustment = try prior.logitAdjustment(tau: options.logitAdjustmentTau, on: backend)
        threshold = try backend.tensor([Float(options.confidenceThreshold)], [1])
        zeroLoss = try backend.tensor(repeating: 0, [1])
        queues = try FeatureQueues(
            classes: prior.classes, capacity: options.queueCapacity, featureWidth: featureWidth, on: backend)
        distribution = try PseudoLabelDistribution(
            classes: prior.classes, temperature: options.distributionTemperature, on: backend)
        auxiliaryHead =
            options.auxiliaryHead
            ? BalancedAuxiliaryHead(
                prior: prior, epochs: options.epochs, iterationsPerEpoch: options.iterationsPerEpoch) : nil
    }

    /// Terms: `supervised`, `unsupervised`, `alignment` (its weight included; 0 until prototypes are used) and, with the
    /// second head, `auxiliary`.
    public func step(_ inputs: StepInputs, on tape: Tape) throws -> StepOutputs {
        let backend = tape.backend
        let labels = try inputs.uploadedLabels(classes: classes, on: backend)
        let (weak, strong) = try inputs.unlabelledViews()

        // Section 3.2: the teacher's features of the labelled images move the prototypes.
        try queues.append(try teacherFeatures(of: inputs), labels: inputs.labels)

        // Section 3.2: semantic pseudo-labels, once the prototypes have warmed up.
        let semantics =
            inputs.step >= options.warmUpSteps ? try Semantics(weak, strong, queues.prototypes(), options, tape) : nil

        // Section 3.3, equation 3: linear pseudo-labels, blended with the semantic ones.
        let probabilities = try blend(try backend.softmax(weak.logits.value), with: semantics, on: backend)
        let pseudo = try PseudoLabels(probabilities, threshold: threshold, on: backend)

        // Section 3.4, equations 4 and 5: the losses.
        let supervised = try tape.supervisedLoss(inputs.labelled.logits, labels: labels, adjustment: adjustment)
        let unsupervised = try tape.crossEntropy(strong.logits, labels: pseudo.labels, weights: pseudo.mask)
        var losses: [(weight: Float, loss: Variable)] = [
            (1, supervised), (Float(options.unsupervisedWeight), unsupervised),
        ]
        var terms = [("supervised", supervised.value), ("unsupervised", unsupervised.value)]
        if let semantics, options.alignmentWeight > 0 {
            let alignment = try tape.weightedSum([
                (
                    Float(options.alignmentWeight),
                    try tape.crossEntropy(semantics.strongLogits, targets: semantics.weakProbabilities)
                )
            ])
            losses.append((1, alignment))
            terms.append(("alignment", alignment.value))
        } else {
            terms.append(("alignment", zeroLoss))
        }
        if let auxiliaryHead {
            let auxiliary = try auxiliaryLoss(
                auxiliaryHead, inputs: inputs, labels: labels, semantics: semantics, on: tape)
            losses.append((1, auxiliary))
            terms.append(("auxiliary", auxiliary.value))
        }

        // Section 3.3: the distribution of ALL final pseudo-labels, used from the next step on.
        try distribution.count(pseudo.labels)
        if (inputs.step + 1) % options.distributionUpdatePeriod == 0 { try distribution.update() }

        return StepOutputs(
            total: try tape.weightedSum(losses), terms: terms, pseudoLabels: pseudo.labels, mask: pseudo.mask)
    }

    /// What the prototypes say of the unlabelled images.
    private struct Semantics {
        /// q_w, `[Bu, K]`: constants.
        let weakProbabilities: Tensor
        /// The logits of q_s, with a gradient into the strong views' features.
        let strongLogits: Variable

        init(
            _ weak: ViewOutputs, _ strong: ViewOutputs, _ prototypes: Tensor, _ options: DASOOptions, _ tape: Tape
        ) throws {
            let temperature = Float(options.prototypeTemperature)
            weakProbabilities = try tape.backend.softmax(
                try tape.backend.cosineSimilarityToPrototypes(
                    weak.features.value, prototypes: prototypes, temperature: temperature))
            strongLogits = try tape.cosineSimilarityToPrototypes(
                strong.features, prototypes: prototypes, temperature: temperature)
        }
    }

    /// `p' = (1 − v) p + v q_w` with v by the class that p predicts, or a constant; p where there are no semantics yet.
    private func blend(
        _ probabilities: Tensor, with semantics: Semantics?, on backend: any Backend
    ) throws -> Tensor {
        guard let semantics else { return probabilities }
        let difference = try backend.binary(.subtract, semantics.weakProbabilities, probabilities)
        switch options.blend {
        case .constant:
            try backend.accumulate(difference, scale: Float(options.blendConstant), into: probabilities)
            return probabilities
        case .distribution:
            let predicted = try backend.argmaxRows(probabilities).indices
            let weights = try backend.gatherRows(distribution.blendWeights, indices: predicted)
            return try backend.binary(.add, probabilities, try backend.binary(.multiply, difference, weights))
        }
    }

    private func auxiliaryLoss(
        _ head: BalancedAuxiliaryHead, inputs: StepInputs, labels: Tensor, semantics: Semantics?, on tape: Tape
    ) throws -> Variable {
        guard let labelled = inputs.labelled.auxiliaryLogits, let weak = inputs.weak?.auxiliaryLogits,
            let strong = inputs.strong?.auxiliaryLogits
        else {
            throw MethodError.invalidInput(
                name: "auxiliary logits", problem: "is missing; build the network with an auxiliary head")
        }
        let labelledLoss = try head.labelledLoss(
            labelled, labels: (inputs.labels, labels), draws: try inputs.draw("labelled", inputs.labels.count), on: tape
        )
        let targets = try blend(
            try tape.backend.softmax(weak.value), with: options.auxiliaryBlend ? semantics : nil, on: tape.backend)
        let pseudo = try PseudoLabels(targets, threshold: threshold, on: tape.backend)
        let unlabelledLoss = try head.unlabelledLoss(
            strong, targets: targets, pseudo: pseudo, draws: try inputs.draw("weak", weak.shape.rows),
            step: inputs.step, on: tape)
        return try tape.weightedSum([(1, labelledLoss), (1, unlabelledLoss)])
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

    /// `[K, D]`: the mean of each class's newest features, zeros for a class not yet seen. For inspection.
    public func prototypes() throws -> Tensor {
        try queues.prototypes()
    }

    /// Queues, the distribution of pseudo-labels and the counts since its last update.
    public func state() throws -> [String: HostTensor] {
        try queues.state().merging(try distribution.state()) { first, _ in first }
    }

    /// Puts back what ``state()`` gave.
    public func restore(_ state: [String: HostTensor]) throws {
        var reader = StateReader(state)
        try queues.restore(&reader)
        try distribution.restore(&reader)
        try reader.finish()
    }
}
