import NeuralNetworks
import Tensors

/// CoSSL: the last part of the training has two modules that teach each other. The representation goes on learning with
/// the base, whose pseudo-labels a second head now makes; that head learns on the moving-average encoder's features of a
/// class-balanced labelled batch, those of rare classes enhanced. It moves the second head and nothing else.
///
/// Source: Fan, Dai, Kukleva, Schiele, "CoSSL: co-learning of representation and classifier for imbalanced
/// semi-supervised learning", CVPR 2022, and the authors' code (github.com/YUE-FAN/CoSSL). USB's form mixes nothing, since
/// it looks up every row's chance with class 0, and keeps the base's own pseudo-labels.
///
/// Deviation: one optimizer and one schedule for both modules, where the code has an optimizer of its own for the second
/// head.
package final class CoSSL: Rebalancer {
    private let options: CoSSLOptions
    private let classes: Int
    private let enhancement: TailFeatureEnhancement
    private let zeroLoss: Tensor
    /// The first step of the second head.
    private let start: Int
    /// The first step whose pseudo-labels it makes.
    private let pseudoLabelStart: Int
    /// This step's class-balanced batch; nil until the second head starts.
    private var batch: BalancedBatch?
    private var observed: [String: Tensor] = [:]

    init(_ options: CoSSLOptions, at site: MethodSite) throws {
        self.options = options
        classes = site.prior.classes
        enhancement = try TailFeatureEnhancement(prior: site.prior, on: site.backend)
        zeroLoss = try site.backend.tensor(repeating: 0, [1])
        start = Int(options.teacherHeadStart * Double(site.totalSteps))
        pseudoLabelStart = start + Int(options.teacherHeadWarmUp * Double(site.totalSteps))
    }

    /// The teacher looks at a class-balanced batch, once anybody learns from it.
    package func begin(_ step: MethodStep) throws {
        batch = step.index >= start ? try balancedBatch(step) : nil
    }

    /// The second head's logits of the moving-average encoder's features, once it has warmed up.
    package func weakLogits(_ logits: Tensor, _ step: MethodStep) throws -> Tensor {
        guard let batch, step.index >= pseudoLabelStart else { return logits }
        let head = try step.inputs.requireAuxiliaryHead()
        return try step.backend.linear(
            batch.unlabelledFeatures, weight: head.weight.value, bias: head.bias.value)
    }

    /// Term: `teacher_head`, the cross entropy of the second head on enhanced features, which are constants; 0 before it
    /// starts.
    package func losses(_ pseudo: PseudoLabels, _ step: MethodStep) throws -> [LossTerm] {
        guard let batch else { return [LossTerm("teacher_head", step.tape.constant(zeroLoss))] }
        let head = try step.inputs.requireAuxiliaryHead()
        let (backend, count) = (step.backend, batch.labels.count)
        let labels = try backend.tensor(batch.labels, try Shape([count]))
        let lambdas = try backend.affine(
            step.inputs.draw("lambda", count), scale: Float(1 - options.minimumLambda),
            shift: Float(options.minimumLambda))
        let (features, isMixed) = try enhancement.enhance(
            batch.features, labels: labels, with: partners(of: batch, on: backend),
            draws: step.inputs.draw("mix", count), lambdas: lambdas, on: backend)
        observed["mixed"] = isMixed
        let logits = try step.tape.linear(step.tape.constant(features), weight: head.weight, bias: head.bias)
        return [LossTerm("teacher_head", try step.tape.crossEntropy(logits, labels: labels))]
    }

    /// The batch has done its work.
    package func end(_ pseudo: PseudoLabels, _ step: MethodStep) throws {
        batch = nil
    }

    /// The unlabelled features that are mixed in, `[N, D]`: those of the step, from the first again if they are fewer.
    private func partners(of batch: BalancedBatch, on backend: any Backend) throws -> Tensor {
        let (rows, count) = (batch.unlabelledFeatures.shape.rows, batch.labels.count)
        guard rows < count else { return try batch.unlabelledFeatures.slice(0..<count) }
        let indices = try backend.tensor((0..<count).map { Int32($0 % rows) }, try Shape([count]))
        return try backend.gatherRows(batch.unlabelledFeatures, indices: indices)
    }

    private func balancedBatch(_ step: MethodStep) throws -> BalancedBatch {
        guard let batch = try step.inputs.balancedBatch?(), batch.features.shape.rows == batch.labels.count,
            batch.labels.allSatisfy({ (0..<classes).contains(Int($0)) }), batch.unlabelledFeatures.count > 0
        else {
            throw MethodError.invalidInput(
                name: "balanced batch", problem: "is missing or does not fit; give a class-balanced one")
        }
        return batch
    }

    /// Which features of the class-balanced batch were mixed.
    package func observations() throws -> [String: Tensor] { observed }
}

/// What can be chosen of ``CoSSL``. The defaults are the authors'.
public struct CoSSLOptions: RebalancerPart {
    /// The name in recipes.
    public static let name = "cossl"
    package static let bases: Set<String> = ["fixmatch"]

    /// The part of the run after which the second head learns.
    public var teacherHeadStart = 0.8
    /// The part of the run for which it learns before it makes the pseudo-labels.
    public var teacherHeadWarmUp = 0.02
    /// λ is uniform from this to 1: how much of the labelled feature stays.
    public var minimumLambda = 0.6

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case teacherHeadStart = "teacher_head_start"
        case teacherHeadWarmUp = "teacher_head_warm_up"
        case minimumLambda = "minimum_lambda"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(fraction: CodingKeys.teacherHeadStart, teacherHeadStart)
        try require(fraction: CodingKeys.teacherHeadWarmUp, teacherHeadWarmUp)
        try require(fraction: CodingKeys.minimumLambda, minimumLambda)
    }

    package var requirements: MethodRequirements {
        var requirements = MethodRequirements()
        requirements.usesAuxiliaryHead = true
        requirements.usesBalancedBatch = true
        return requirements
    }

    package func makeRebalancer(at site: MethodSite) throws -> any Rebalancer { try CoSSL(self, at: site) }
}
