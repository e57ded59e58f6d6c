import NeuralNetworks
import Tensors

/// ELR: cross entropy, and a pull towards what the network has said of the same image so far, which it learns from right
/// labels before it learns the wrong ones by heart: `mean CE(f, y) + λ · mean log(1 − <t_i, p>)`.
///
/// `p` is the softmax, clamped; the targets `t_i ← d·t_i + (1 − d)·p / Σ p`, one row for each labelled image and zeros at
/// first, are updated before they are used, and are constants. They stay on the device.
///
/// Source: Liu et al., "Early-learning regularization prevents memorization of noisy labels", NeurIPS 2020; order
/// and clamp as in the authors' code (github.com/shengliu66/ELR).
final class EarlyLearningRegularization: LabelledLoss {
    private let options: EarlyLearningRegularizationOptions
    /// `[samples, K]`.
    private let targets: Tensor
    private let backend: any Backend

    init(_ options: EarlyLearningRegularizationOptions, at site: MethodSite) throws {
        self.options = options
        backend = site.backend
        let samples = site.prior.counts.reduce(0, +)
        targets = try site.backend.tensor(repeating: 0, try Shape([samples, site.prior.classes]))
    }

    func losses(_ logits: Variable, _ step: MethodStep) throws -> RowLosses {
        try RowLosses(crossEntropiesOf: logits, step)
    }

    /// Term: `regularisation`.
    func regularization(_ step: MethodStep) throws -> [LossTerm] {
        let (tape, backend) = (step.tape, step.backend)
        let (indices, destinations) = try rows(of: step.inputs, on: backend)
        let clamp = Float(options.clamp)
        let probabilities = try tape.clamp(
            tape.softmax(step.inputs.labelled.logits), to: clamp...1 - clamp)

        let predictions = try backend.binary(
            .divide, probabilities.value, backend.rowSums(probabilities.value))
        let moved = try backend.gatherRows(targets, indices: indices)
        try backend.exponentialMovingAverage(moved, of: predictions, decay: Float(options.decay))
        try backend.scatterRows(moved, indices: destinations, into: targets)

        let current = try backend.gatherRows(targets, indices: indices)
        let agreements = try tape.rowSums(tape.multiply(probabilities, tape.constant(current)))
        let regularization = try tape.mean(tape.logarithm(tape.affine(agreements, scale: -1, shift: 1)))
        return [LossTerm("regularisation", weight: Float(options.weight), regularization)]
    }

    /// The labelled images of the batch, int32 `[B]`, and the same with −1 for all but the last row of an image that is
    /// there several times.
    private func rows(of inputs: StepInputs, on backend: any Backend) throws -> (all: Tensor, last: Tensor) {
        let indices = inputs.labelledIndices
        let samples = targets.shape.rows
        guard indices.count == inputs.labels.count, indices.allSatisfy({ (0..<samples).contains(Int($0)) }) else {
            throw MethodError.invalidInput(
                name: "labelled indices",
                problem: "is not \(inputs.labels.count) positions among \(samples) labelled images")
        }
        var seen: Set<Int32> = []
        let last = indices.reversed().map { seen.insert($0).inserted ? $0 : -1 }.reversed()
        let shape = try Shape([indices.count])
        return (try backend.tensor(indices, shape), try backend.tensor(Array(last), shape))
    }

    /// `targets`, `[samples, K]`.
    func state() throws -> [String: HostTensor] { ["targets": try backend.read(targets)] }

    /// Puts back what ``state()`` gave.
    func restore(_ reader: inout StateReader) throws {
        try reader.take("targets", into: targets, on: backend)
    }
}

/// What can be chosen of ``EarlyLearningRegularization``. The defaults are the paper's for CIFAR-10.
public struct EarlyLearningRegularizationOptions: LabelledLossPart {
    /// The name in recipes.
    public static let name = "elr"
    /// d: how much of the targets is kept at each visit.
    public var decay = 0.7
    /// λ.
    public var weight = 3.0
    /// Probabilities are kept this far from 0 and 1.
    public var clamp = 1e-4

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case decay = "elr_decay"
        case weight = "elr_weight"
        case clamp = "elr_clamp"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(fraction: CodingKeys.decay, decay)
        try require(CodingKeys.weight, weight, atLeast: 0)
        guard clamp >= 1e-7, clamp < 0.5 else {
            throw MethodError.invalidOption(
                name: CodingKeys.clamp.stringValue, problem: "is \(clamp); it must be from 1e-7 to below 0.5")
        }
    }

    package func makeLoss(at site: MethodSite) throws -> any LabelledLoss {
        try EarlyLearningRegularization(self, at: site)
    }
}
