import Foundation
import NeuralNetworks
import Tensors

/// The labelled images' class counts, and what methods derive from them.
public struct ClassPrior: Hashable, Sendable {
    /// N: labelled images of each class.
    public let counts: [Int]

    /// - Throws: `MethodError.invalidInput` unless there are two classes, each with a labelled image.
    public init(counts: [Int]) throws {
        guard counts.count >= 2 else {
            throw MethodError.invalidInput(
                name: "class counts", problem: "has \(counts.count) classes; at least 2 are needed")
        }
        if let empty = counts.firstIndex(where: { $0 < 1 }) {
            throw MethodError.invalidInput(
                name: "class counts", problem: "has no labelled image of class \(empty); give every class at least one")
        }
        self.counts = counts
    }

    /// K.
    public var classes: Int { counts.count }

    /// `log πₖ`, πₖ being class k's share of the labelled images.
    public var logarithms: [Double] {
        let total = Double(counts.reduce(0, +))
        return counts.map { log(Double($0) / total) }
    }

    /// `πₖ^exponent / Σⱼ πⱼ^exponent`: the labelled images' distribution for 1, a balanced one for 0.
    func tempered(by exponent: Double) -> [Double] {
        let powers = logarithms.map { exp(exponent * $0) }
        let total = powers.reduce(0, +)
        return powers.map { $0 / total }
    }

    /// ``tempered(by:)`` on the device, `[K]`.
    func tempered(by exponent: Double, on backend: any Backend) throws -> Tensor {
        try backend.tensor(tempered(by: exponent).map(Float.init), try Shape([classes]))
    }

    /// `log(πₖ^power + epsilon)`.
    func logarithms(power: Double, epsilon: Double) -> [Double] {
        logarithms.map { log(exp($0 * power) + epsilon) }
    }

    /// What logit adjustment adds to the logits of labelled images in training, or takes from those of all images in
    /// prediction: `tau · log π`, `[K]`; nil where `tau` is 0.
    /// Source: Menon et al., "Long-tail learning via logit adjustment", ICLR 2021, equations 10 and 9.
    package func logitAdjustment(tau: Double, on backend: any Backend) throws -> Tensor? {
        guard tau != 0 else { return nil }
        return try backend.tensor(logarithms.map { Float(tau * $0) }, try Shape([classes]))
    }

    /// What a labelled image of each class counts: ``effectiveNumberWeights(_:beta:)``, `[K]`.
    func classBalancedWeights(beta: Double, on backend: any Backend) throws -> Tensor {
        let weights = effectiveNumberWeights(counts.map(Double.init), beta: beta)
        return try backend.tensor(weights.map(Float.init), try Shape([classes]))
    }
}
