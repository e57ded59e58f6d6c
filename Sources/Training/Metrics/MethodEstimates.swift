import Foundation
import Methods
import Tensors

/// What a method has estimated and gathered by an evaluation: for whoever wants to know why it goes wrong.
public struct MethodEstimates: Sendable, Encodable {
    /// The method's estimate of the unlabelled images' class shares, where it has one.
    public let unlabelledPrior: [Double]?
    /// How far that lies from the hidden truth, where it is known: `KL(true ‖ estimated)` in nats.
    public let unlabelledPriorDivergence: Double?
    /// Entries of each class in the method's queues or memory bank, where it has one.
    public let fill: [Int]?

    private enum CodingKeys: String, CodingKey {
        case fill
        case unlabelledPrior = "unlabelled_prior"
        case unlabelledPriorDivergence = "unlabelled_prior_divergence"
    }

    /// Reads what the method shows under `distribution` and `fill`; nil if it shows neither.
    ///
    /// - Parameter hiddenCounts: the hidden truth; nil where nobody knows it.
    init?(_ outputs: StepOutputs, hiddenCounts: [Int]?, on backend: any Backend) throws {
        let observations = try outputs.observations()
        let shares = try observations["distribution"].map { try backend.read($0).floats.map(Double.init) }
        let counts = try observations["fill"].map { try backend.read($0).floats.map { Int($0) } }
        guard shares != nil || counts != nil else { return nil }
        unlabelledPrior = shares
        unlabelledPriorDivergence = shares.flatMap { shares in
            hiddenCounts.flatMap { Self.divergence(of: shares, from: $0) }
        }
        fill = counts
    }

    /// Nil while there is no estimate yet, or one that leaves out a class that exists.
    private static func divergence(of shares: [Double], from counts: [Int]) -> Double? {
        let total = Double(counts.reduce(0, +))
        guard shares.count == counts.count, total > 0 else { return nil }
        var divergence = 0.0
        for (share, count) in zip(shares, counts) where count > 0 {
            guard share > 0 else { return nil }
            let truth = Double(count) / total
            divergence += truth * log(truth / share)
        }
        return divergence
    }
}
