import NeuralNetworks
import Tensors

/// The distance between prediction and label, `mean Σ_k |p_k − y_k| = mean 2 (1 − p_y)`: no label, right or wrong, counts
/// more than 2.
///
/// Source: Ghosh, Kumar, Sastry, "Robust loss functions under label noise for deep neural networks", AAAI 2017.
final class MeanAbsoluteError: LabelledLoss {
    func losses(_ logits: Variable, _ step: MethodStep) throws -> RowLosses {
        let crossEntropies = try step.tape.crossEntropies(logits, labels: step.labels)
        return RowLosses(try step.tape.missingProbabilities(crossEntropies, scale: 2))
    }
}

/// ``MeanAbsoluteError`` has nothing to choose.
public struct MeanAbsoluteErrorOptions: LabelledLossPart {
    /// The name in recipes.
    public static let name = "mae"

    /// There is nothing to give.
    public init() {}

    /// There is none.
    public enum CodingKeys: CodingKey, CaseIterable {}

    /// Nothing can be wrong.
    public func validate() throws {}

    package func makeLoss(at site: MethodSite) throws -> any LabelledLoss { MeanAbsoluteError() }
}
