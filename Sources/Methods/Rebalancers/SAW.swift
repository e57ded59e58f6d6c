import Tensors

/// Smoothed adaptive weighting: labelled images count by the rarity of their class, unlabelled ones by the rarity of
/// their pseudo-label among the predictions of all unlabelled images.
///
/// Source: Lai, Wang, Gunawan, Cheung, Chuah, "Smoothed adaptive weighting for imbalanced semi-supervised learning:
/// improve reliability against unknown distribution data", ICML 2022; the weights as in USB
/// (github.com/microsoft/Semi-supervised-learning).
///
/// Weights are made on the host, from predictions that are counted there every `prediction_period` steps; steps read
/// nothing back.
package final class SAW: Rebalancer {
    private let backend: any Backend
    /// `[K]`.
    private let labelledWeights: [Float]
    /// `[K, 1]`.
    private let unlabelledWeights: Tensor

    init(at site: MethodSite) throws {
        backend = site.backend
        labelledWeights = Self.weights(site.prior.counts)
        // As many images of each class: each counts 1.
        unlabelledWeights = try backend.tensor(repeating: 1, try Shape([site.prior.classes, 1]))
    }

    /// ``effectiveNumberWeights(_:beta:)`` with `β = (n̄ − 1) / n̄`, n̄ being the mean of the counts.
    private static func weights(_ counts: [Int]) -> [Float] {
        let counts = counts.map(Double.init)
        let mean = counts.reduce(0, +) / Double(counts.count)
        return effectiveNumberWeights(counts, beta: (mean - 1) / mean).map(Float.init)
    }

    /// By the true class.
    package func labelledWeights(_ step: MethodStep) throws -> Tensor? {
        let labels = step.inputs.labels
        return try backend.tensor(labels.map { labelledWeights[Int($0)] }, try Shape([labels.count]))
    }

    /// By the pseudo-label.
    package func lossWeights(of pseudo: PseudoLabels, _ step: MethodStep) throws -> Tensor {
        let weights = try backend.gatherRows(unlabelledWeights, indices: pseudo.labels)
        return try backend.binary(.multiply, pseudo.weights, weights.reshaped(to: pseudo.weights.shape))
    }

    /// Weights by how often each class is predicted, a class that is not counting as one that is predicted once.
    package func receive(_ predictions: UnlabelledPredictions) throws {
        try Self.weights(predictions.counts.map { max($0, 1) })
            .withUnsafeBytes { try backend.write($0, into: unlabelledWeights) }
    }

    /// `labelled_class_weights` and `unlabelled_class_weights`, `[K]`.
    package func observations() throws -> [String: Tensor] {
        let shape = try Shape([labelledWeights.count])
        return [
            "labelled_class_weights": try backend.tensor(labelledWeights, shape),
            "unlabelled_class_weights": try unlabelledWeights.reshaped(to: shape),
        ]
    }

    /// The weights of pseudo-labels.
    package func state() throws -> [String: HostTensor] {
        ["unlabelled_class_weights": try backend.read(unlabelledWeights.reshaped(to: Shape([labelledWeights.count])))]
    }

    /// Puts back what ``state()`` gave.
    package func restore(_ reader: inout StateReader) throws {
        let name = "unlabelled_class_weights"
        let saved = try reader.take(name, try Shape([labelledWeights.count]), .float32)
        guard saved.floats.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
            throw MethodError.invalidState(name: name, problem: "is not made of weights")
        }
        try saved.bytes.withUnsafeBytes { try backend.write($0, into: unlabelledWeights) }
    }
}

/// What can be chosen of ``SAW``.
public struct SAWOptions: RebalancerPart {
    /// The name in recipes.
    public static let name = "saw"
    package static let bases: Set<String> = ["fixmatch"]

    /// All unlabelled images are predicted after every so many steps: USB's epoch.
    public var predictionPeriod = 1024

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case predictionPeriod = "prediction_period"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.predictionPeriod, predictionPeriod, in: 1...1_000_000_000)
    }

    package var requirements: MethodRequirements {
        var requirements = MethodRequirements()
        requirements.unlabelledPredictionPeriod = predictionPeriod
        return requirements
    }

    package func makeRebalancer(at site: MethodSite) throws -> any Rebalancer { try SAW(at: site) }
}
