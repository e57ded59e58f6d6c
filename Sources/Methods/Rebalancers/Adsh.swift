import Tensors

/// Adaptive thresholding: each class has a threshold of its own, such that as large a part of its predictions is used as
/// of the most frequent class's.
///
/// Source: Guo and Li, "Class-imbalanced semi-supervised learning with adaptive thresholding", ICML 2022, and USB
/// (github.com/microsoft/Semi-supervised-learning), whose form differs: its pseudo-labels are the most probable classes,
/// where the paper divides probabilities by thresholds first; its part ρ is (number − 1) / count of the first class and
/// stays 1 where no prediction reaches the head's threshold; and its position −1 is the least confident image. Either can
/// be chosen. The base's own threshold is not used.
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

    /// In the paper's form p_k / s_k, of which the largest decides: pseudo-label and mask.
    package func probabilities(_ probabilities: Tensor, _ step: MethodStep) throws -> Tensor {
        switch options.form {
        case .usb: probabilities
        case .paper:
            try backend.binary(.divide, probabilities, deviceThresholds.reshaped(to: Shape([thresholds.count])))
        }
    }

    /// 1 where the probability reaches the threshold of its class, else 0.
    package func weights(of pseudo: PseudoLabels, _ step: MethodStep) throws -> Tensor {
        let shape = pseudo.confidences.shape
        let thresholds =
            switch options.form {
            case .usb: try backend.gatherRows(deviceThresholds, indices: pseudo.labels).reshaped(to: shape)
            case .paper: try backend.tensor(repeating: 1, shape)
            }
        return try backend.binary(.greaterOrEqual, pseudo.confidences, thresholds)
    }

    /// The thresholds of all classes that are predicted at all: the confidence at the same part of each class's sorted
    /// predictions as that at which the first class's reach the head's threshold.
    package func receive(_ predictions: UnlabelledPredictions) throws {
        let confidences = predictions.imagesByConfidence.map { $0.map { predictions.confidences[$0] } }
        guard let head = confidences.first else { return }
        let confident = head.prefix { $0 >= Float(options.headThreshold) }.count
        switch options.form {
        case .usb:
            let part = confident > 0 ? Double(confident - 1) / Double(head.count) : 1
            for (label, sorted) in confidences.enumerated() where !sorted.isEmpty {
                let position = Int(Double(sorted.count) * part) - 1
                thresholds[label] = sorted[position >= 0 ? position : sorted.count - 1]
            }
        case .paper:
            guard !head.isEmpty else { return }
            let part = Double(confident) / Double(head.count)
            for (label, sorted) in confidences.enumerated() where !sorted.isEmpty {
                let position = Int((Double(sorted.count) * part).rounded()) - 1
                let confidence = position >= 0 ? sorted[position] : 1
                thresholds[label] = min(Float(options.headThreshold), confidence)
            }
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

    /// Which of the two published forms.
    public enum Form: String, Hashable, Sendable, Codable {
        /// As in USB's code.
        case usb
        /// As in the paper.
        case paper
    }

    /// Which of the two published forms.
    public var form = Form.usb
    /// The confidence from which on predictions of the first class are used.
    public var headThreshold = 0.95
    /// The threshold of all classes until the first pass over the unlabelled images: e^−0.95, as in USB; the paper has
    /// 0.95.
    public var initialThreshold = 0.386_741_023_454_501_23
    /// All unlabelled images are predicted after every so many steps: USB's epoch.
    public var predictionPeriod = 1024

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case form = "adsh_form"
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
