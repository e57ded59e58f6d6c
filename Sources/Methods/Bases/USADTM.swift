import NeuralNetworks
import Tensors

/// Pseudo-labels by the nearest template, the mean of a class's labelled features; and views of the same image are to
/// agree, while all classes are used.
///
/// Source: Han, Gao, Wu, Qi, "Unsupervised semantic aggregation and deformable template matching for semi-supervised
/// learning", NeurIPS 2020; details as in DASO's code, which compares with it. Two weak views and a strong one are made to
/// agree, where the paper has the plain image, a weak and a strong view. Nothing is read back.
package final class USADTM: BaseMethod {
    private let options: USADTMOptions
    private let queues: FeatureQueues
    private let backend: any Backend

    init(_ options: USADTMOptions, at site: MethodSite) throws {
        self.options = options
        backend = site.backend
        queues = try FeatureQueues(
            capacities: site.prior.counts.map { $0 * options.templateMultiple }, featureWidth: site.featureWidth,
            on: site.backend)
    }

    /// That of the similarity to a template.
    package var confidenceThreshold: Double { options.similarityThreshold }

    /// Terms: `supervised`, `unsupervised`, `mutual_information`; the last two are 0 until their time comes.
    package func step(_ step: MethodStep) throws -> (terms: [LossTerm], pseudo: PseudoLabels?) {
        let (inputs, tape) = (step.inputs, step.tape)
        let (weak, strong) = try inputs.unlabelledViews()
        guard let secondWeak = inputs.secondWeak, secondWeak.logits.shape == weak.logits.shape else {
            throw MethodError.invalidInput(name: "second weak view", problem: "is missing or not of the same images")
        }
        let supervised = try step.supervisedTerm()

        // Deformable template matching.
        try queues.append(inputs.labelled.features.value, labels: inputs.labels)
        let pseudo = try match(weak.features.value, step)
        let unsupervised = try step.unsupervisedTerm(
            weight: Float(options.unsupervisedWeight), strong: strong, pseudo: pseudo)

        // Unsupervised semantic aggregation.
        var agreement = tape.constant(try backend.tensor(repeating: 0, [1]))
        if step.index >= options.mutualInformationStart {
            let views = try [secondWeak, weak, strong[0]].map { try tape.softmax($0.logits) }
            agreement = try tape.weightedSum([
                (1, tape.negativeMutualInformation(views[0], views[1])),
                (1, tape.negativeMutualInformation(views[0], views[2])),
                (1, tape.negativeMutualInformation(views[1], views[2])),
            ])
        }
        let mutualInformation = LossTerm(
            "mutual_information", weight: Float(options.mutualInformationWeight), agreement)
        return ([supervised, unsupervised, mutualInformation], pseudo)
    }

    /// The template most similar by cosine. It is used where the nearest one by distance is the same and the cosine reaches
    /// the threshold, once templates have warmed up.
    private func match(_ features: Tensor, _ step: MethodStep) throws -> PseudoLabels {
        let templates = try queues.prototypes()
        let similarities = try backend.cosineSimilarityToPrototypes(
            features, prototypes: templates, temperature: 1)
        let nearest = try backend.argmaxRows(backend.proximities(features, to: templates)).indices
        let classes = templates.shape.rows
        return try step.pseudoLabels(similarities) { pseudo in
            guard step.index >= options.pseudoLabelStart else {
                return try backend.tensor(repeating: 0, pseudo.weights.shape)
            }
            let isSame = try backend.rowSums(
                backend.binary(
                    .multiply, backend.oneHot(pseudo.labels, classes: classes),
                    backend.oneHot(nearest, classes: classes)))
            return try backend.binary(.multiply, pseudo.weights, isSame.reshaped(to: pseudo.weights.shape))
        }
    }

    /// `prototypes`, `[K, D]`: the templates.
    package func observations() throws -> [String: Tensor] { ["prototypes": try queues.prototypes()] }

    /// The queues of labelled features.
    package func state() throws -> [String: HostTensor] { try queues.state() }

    /// Puts back what ``state()`` gave.
    package func restore(_ reader: inout StateReader) throws { try queues.restore(&reader) }
}

/// What can be chosen of ``USADTM``. The defaults are those of DASO's comparison.
public struct USADTMOptions: BasePart {
    /// The name in recipes.
    public static let name = "usadtm"
    /// The weight of the unlabelled images' loss.
    public var unsupervisedWeight = 1.0
    /// The weight of the mutual information of views.
    public var mutualInformationWeight = 0.1
    /// Mutual information counts from this step on.
    public var mutualInformationStart = 5000
    /// Pseudo-labels are used from this step on.
    public var pseudoLabelStart = 500
    /// A pseudo-label is used where its cosine similarity reaches this.
    public var similarityThreshold = 0.85
    /// A template is the mean of so many times as many features as the class has labelled images.
    public var templateMultiple = 5

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case unsupervisedWeight = "unsupervised_weight"
        case mutualInformationWeight = "mutual_information_weight"
        case mutualInformationStart = "mutual_information_start"
        case pseudoLabelStart = "pseudo_label_start"
        case similarityThreshold = "similarity_threshold"
        case templateMultiple = "template_multiple"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.unsupervisedWeight, unsupervisedWeight, atLeast: 0)
        try require(CodingKeys.mutualInformationWeight, mutualInformationWeight, atLeast: 0)
        try require(CodingKeys.mutualInformationStart, mutualInformationStart, in: 0...1_000_000_000)
        try require(CodingKeys.pseudoLabelStart, pseudoLabelStart, in: 0...1_000_000_000)
        try require(fraction: CodingKeys.similarityThreshold, similarityThreshold)
        try require(CodingKeys.templateMultiple, templateMultiple, in: 1...1000)
    }

    package var requirements: MethodRequirements {
        var requirements = MethodRequirements.weakAndStrong
        requirements.weakViews = 2
        return requirements
    }

    package func makeBase(at site: MethodSite) throws -> any BaseMethod { try USADTM(self, at: site) }
}
