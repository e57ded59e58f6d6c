import NeuralNetworks
import Tensors

/// The network is to say what the moving average of its former selves says, `mean (softmax(f) − softmax(f_teacher))²` over
/// all entries; the teacher is a constant.
///
/// Source: Tarvainen, Valpola, "Mean teachers are better role models", NeurIPS 2017, section 2. As in DASO's comparison,
/// teacher and student see the same weak view, all images count whatever their confidence, and the ramp is linear (the
/// paper's is a sigmoid).
package final class MeanTeacher: BaseMethod {
    private let options: MeanTeacherOptions
    private let rampUp: RampUp
    private var ramp: Tensor?

    init(_ options: MeanTeacherOptions, at site: MethodSite) {
        self.options = options
        rampUp = RampUp(fraction: options.rampFraction, totalSteps: site.totalSteps)
    }

    /// All of the teacher's predictions are used.
    package var confidenceThreshold: Double { 0 }

    /// Terms: `supervised`, `unsupervised`.
    package func step(_ step: MethodStep) throws -> (terms: [LossTerm], pseudo: PseudoLabels?) {
        let weak = try step.inputs.weakView()
        guard let teacherLogits = step.inputs.teacherLogits, teacherLogits.shape == weak.logits.shape else {
            throw MethodError.invalidInput(
                name: "teacher logits",
                problem: "is \(step.inputs.teacherLogits.map { "\($0.shape)" } ?? "missing"); "
                    + "\(weak.logits.shape) is needed")
        }
        let supervised = try step.supervisedTerm()

        let logits = try step.rebalancers.weakLogits(teacherLogits, step)
        let pseudo = try step.pseudoLabels(step.backend.softmax(logits))
        let rampWeight = rampUp.weight(at: step.index)
        ramp = try step.backend.tensor([rampWeight], [1])
        let unsupervised = LossTerm(
            "unsupervised",
            weight: try Float(options.unsupervisedWeight) * rampWeight * step.rebalancers.unsupervisedWeight(step),
            try step.tape.softmaxMeanSquaredError(
                step.rebalancers.strongLogits(weak.logits, step), targets: pseudo.probabilities))
        return ([supervised, unsupervised], pseudo)
    }

    /// `ramp`, `[1]`.
    package func observations() throws -> [String: Tensor] { ramp.map { ["ramp": $0] } ?? [:] }
}

/// What can be chosen of ``MeanTeacher``. The defaults are those of DASO's comparison.
public struct MeanTeacherOptions: BasePart {
    /// The name in recipes.
    public static let name = "mean-teacher"
    /// The weight of the unlabelled images' loss in the long run.
    public var unsupervisedWeight = 50.0
    /// The part of the run over which that weight rises.
    public var rampFraction = 0.4

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case unsupervisedWeight = "unsupervised_weight"
        case rampFraction = "ramp_fraction"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.unsupervisedWeight, unsupervisedWeight, atLeast: 0)
        try require(fraction: CodingKeys.rampFraction, rampFraction)
    }

    package var requirements: MethodRequirements {
        var requirements = MethodRequirements()
        requirements.weakViews = 1
        requirements.usesTeacherLogits = true
        return requirements
    }

    package func makeBase(at site: MethodSite) throws -> any BaseMethod { MeanTeacher(self, at: site) }
}
