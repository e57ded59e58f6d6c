import NeuralNetworks
import Tensors

/// FixMatch without a threshold: pseudo-labels count the less, the further their confidence lies below the running mean,
/// as a Gaussian falls.
///
/// Source: Chen et al., "SoftMatch: addressing the quantity-quality trade-off in semi-supervised learning", ICLR 2023;
/// the confidence is that after distribution alignment with a uniform target, the label that before it,
/// and all running means move before they are used, as in the authors' code (USB). What it keeps stays on the device.
package final class SoftMatch: BaseMethod {
    private let options: SoftMatchOptions
    private let distribution: RunningDistribution
    private let uniform: Tensor
    /// μ, `[1]`: the running mean of the confidence.
    private let mean: Tensor
    /// σ², `[1]`: its running variance.
    private let variance: Tensor
    private let backend: any Backend

    init(_ options: SoftMatchOptions, at site: MethodSite) throws {
        self.options = options
        backend = site.backend
        let classes = site.prior.classes
        distribution = try RunningDistribution(classes: classes, start: .firstUpdate, on: backend)
        uniform = try backend.tensor(repeating: 1 / Float(classes), try Shape([classes]))
        mean = try backend.tensor(repeating: 1 / Float(classes), [1])
        variance = try backend.tensor(repeating: 1, [1])
    }

    /// Terms: `supervised`, `unsupervised`.
    package func step(_ step: MethodStep) throws -> (terms: [LossTerm], pseudo: PseudoLabels?) {
        let (weak, strong) = try step.inputs.unlabelledViews()
        let supervised = try step.supervisedTerm()

        let probabilities = try backend.softmax(step.rebalancers.weakLogits(weak.logits.value, step))
        let pseudo = try step.pseudoLabels(probabilities) { _ in try weights(of: probabilities) }
        let unsupervised = try step.unsupervisedTerm(
            weight: Float(options.unsupervisedWeight), strong: strong, pseudo: pseudo)
        return ([supervised, unsupervised], pseudo)
    }

    /// `exp(−min(c − μ, 0)² / (2 σ² / n²))` of the confidences c after alignment, `[Bu]`; all running means move first.
    private func weights(of probabilities: Tensor) throws -> Tensor {
        try distribution.update(with: probabilities, decay: options.decay)
        let aligned = try distribution.align(probabilities, with: uniform, epsilon: 1e-6)
        let confidences = try backend.argmaxRows(aligned).values
        try updateMoments(with: confidences)

        let zero = try backend.tensor(repeating: 0, [1])
        let shortfalls = try backend.binary(
            .minimum, backend.binary(.subtract, confidences, mean), zero)
        let squares = try backend.binary(.multiply, shortfalls, shortfalls)
        // A variance of 0 has all confidences at the mean once it has been reached: 0/0 is to be weight 1.
        let smallest = try backend.tensor([Float.leastNormalMagnitude], [1])
        let ratios = try backend.binary(.divide, squares, backend.binary(.maximum, variance, smallest))
        let scale = Float(-options.sigmaCount * options.sigmaCount / 2)
        return try backend.unary(.exponential, backend.affine(ratios, scale: scale, shift: 0))
    }

    /// Running mean and variance of the confidences `[Bu]`, the batch's variance being the unbiased one.
    private func updateMoments(with confidences: Tensor) throws {
        let count = confidences.count
        let decay = Float(options.decay)
        let batchMean = try backend.sum(confidences, scale: 1 / Float(max(1, count)))
        let deviations = try backend.binary(.subtract, confidences, batchMean)
        let squares = try backend.binary(.multiply, deviations, deviations)
        try backend.exponentialMovingAverage(mean, of: batchMean, decay: decay)
        try backend.exponentialMovingAverage(
            variance, of: backend.sum(squares, scale: 1 / Float(max(1, count - 1))), decay: decay)
    }

    /// `distribution`, `mean`, `variance`.
    package func state() throws -> [String: HostTensor] {
        try distribution.state().merging([
            "mean": try backend.read(mean), "variance": try backend.read(variance),
        ]) { first, _ in first }
    }

    /// Puts back what ``state()`` gave.
    package func restore(_ reader: inout StateReader) throws {
        try distribution.restore(&reader)
        try reader.take("mean", into: mean, on: backend)
        try reader.take("variance", into: variance, on: backend)
    }
}

/// What can be chosen of ``SoftMatch``. The defaults are those of USB for CIFAR.
public struct SoftMatchOptions: BasePart {
    /// The name in recipes.
    public static let name = "softmatch"
    /// λᵤ: the weight of the unlabelled images' loss.
    public var unsupervisedWeight = 1.0
    /// n: how much narrower than the confidences the weight's Gaussian is.
    public var sigmaCount = 2.0
    /// How much of the running means is kept at each step.
    public var decay = 0.999

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case unsupervisedWeight = "unsupervised_weight"
        case sigmaCount = "sigma_count"
        case decay = "statistics_decay"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.unsupervisedWeight, unsupervisedWeight, atLeast: 0)
        try require(positive: CodingKeys.sigmaCount, sigmaCount)
        try require(fraction: CodingKeys.decay, decay)
    }

    package var requirements: MethodRequirements { .weakAndStrong }

    package func makeBase(at site: MethodSite) throws -> any BaseMethod { try SoftMatch(self, at: site) }
}
