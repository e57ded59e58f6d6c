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

    /// What logit adjustment adds to the logits of labelled images, `tau · log π`, `[K]`; nil where `tau` is 0.
    /// Source: Menon et al., "Long-tail learning via logit adjustment", ICLR 2021, equation 10.
    func logitAdjustment(tau: Double, on backend: any Backend) throws -> Tensor? {
        guard tau != 0 else { return nil }
        return try backend.tensor(logarithms.map { Float(tau * $0) }, try Shape([classes]))
    }

    /// What an image of each class counts by the effective number of images, `(1 − β) / (1 − β^N_k)` scaled to the sum K,
    /// `[K]`. Source: Cui et al., "Class-balanced loss based on effective number of samples", CVPR 2019, equation 3.
    func classBalancedWeights(beta: Double, on backend: any Backend) throws -> Tensor {
        let weights = counts.map { (1 - beta) / (1 - pow(beta, Double($0))) }
        let scale = Double(classes) / weights.reduce(0, +)
        return try backend.tensor(weights.map { Float($0 * scale) }, try Shape([classes]))
    }
}
