import Tensors

/// Adaptive thresholding: each class has a threshold of its own, such that as large a part of its predictions is used as
/// of the most frequent class's.
///
/// Source: Guo and Li, "Class-imbalanced semi-supervised learning with adaptive thresholding", ICML 2022; the thresholds
/// as in USB (github.com/microsoft/Semi-supervised-learning), whose part ρ is (number − 1) / count of the first class and
/// stays 1 where no prediction reaches the head's threshold, and whose position −1 is the least confident image.
///
/// Deviations: pseudo-labels are the most probable classes, as in USB, where the paper divides probabilities by
/// thresholds first; and the base's own threshold is not used.
///
/// Thresholds are made on the host, from predictions that are sorted there every `prediction_period` steps; steps read
/// nothing back.
package final class Adsh: Rebalancer {
    private let options: AdshOptions
    private let backend: any Backend
    /// `[K]`: as they are on the device.
    private var thresholds: [Float]
    /// `[K, 1]`.
    private let deviceThresholds: Tensor

    init(_ options: AdshOptions, at site: MethodSite) throws {
        self.options = options
        backend = site.backend
        thresholds = [Float](repeating: Float(options.initialThreshold), count: site.prior.classes)
        deviceThresholds = try backend.tensor(thresholds, try Shape([thresholds.count, 1]))
    }

    /// 1 where the probability reaches the threshold of its class, else 0.
    package func weights(of pseudo: PseudoLabels, _ step: MethodStep) throws -> Tensor {
        let thresholds = try backend.gatherRows(deviceThresholds, indices: pseudo.labels)
        return try backend.binary(
            .greaterOrEqual, pseudo.confidences, thresholds.reshaped(to: pseudo.confidences.shape))
    }

    /// The thresholds of all classes that are predicted at all: the confidence at the same part of each class's sorted
    /// predictions as that at which the first class's reach the head's threshold.
    package func receive(_ predictions: UnlabelledPredictions) throws {
        let confidences = predictions.imagesByConfidence.map { $0.map { predictions.confidences[$0] } }
        guard let head = confidences.first else { return }
        let last = head.prefix { $0 >= Float(options.headThreshold) }.count - 1
        let part = last >= 0 ? Double(last) / Double(head.count) : 1
        for (label, sorted) in confidences.enumerated() where !sorted.isEmpty {
            let position = Int(Double(sorted.count) * part) - 1
            thresholds[label] = sorted[position >= 0 ? position : sorted.count - 1]
        }
        try writeThresholds()
    }

    private func writeThresholds() throws {
        try thresholds.withUnsafeBytes { try backend.write($0, into: deviceThresholds) }
    }

    /// `threshold`, `[K]`.
    package func observations() throws -> [String: Tensor] {
        ["threshold": try deviceThresholds.reshaped(to: Shape([thresholds.count]))]
    }

    /// The thresholds.
    package func state() throws -> [String: HostTensor] {
        ["threshold": try HostTensor(thresholds, shape: Shape([thresholds.count]))]
    }

    /// Puts back what ``state()`` gave.
    package func restore(_ reader: inout StateReader) throws {
        let saved = try reader.take("threshold", try Shape([thresholds.count]), .float32).floats
        guard saved.allSatisfy({ (0...1).contains($0) }) else {
            throw MethodError.invalidState(name: "threshold", problem: "is not made of probabilities")
        }
        thresholds = saved
        try writeThresholds()
    }
}

/// What can be chosen of ``Adsh``. The defaults are USB's.
public struct AdshOptions: RebalancerPart {
    /// The name in recipes.
    public static let name = "adsh"
    package static let bases: Set<String> = ["fixmatch"]

    /// The confidence from which on predictions of the first class are used.
    public var headThreshold = 0.95
    /// The threshold of all classes until the first pass over the unlabelled images: e^−0.95, as in USB.
    public var initialThreshold = 0.386_741_023_454_501_23
    /// All unlabelled images are predicted after every so many steps: USB's epoch.
    public var predictionPeriod = 1024

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case headThreshold = "head_threshold"
        case initialThreshold = "initial_threshold"
        case predictionPeriod = "prediction_period"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(fraction: CodingKeys.headThreshold, headThreshold)
        try require(fraction: CodingKeys.initialThreshold, initialThreshold)
        try require(CodingKeys.predictionPeriod, predictionPeriod, in: 1...1_000_000_000)
    }

    package var requirements: MethodRequirements {
        var requirements = MethodRequirements()
        requirements.unlabelledPredictionPeriod = predictionPeriod
        return requirements
    }

    package func makeRebalancer(at site: MethodSite) throws -> any Rebalancer { try Adsh(self, at: site) }
}
