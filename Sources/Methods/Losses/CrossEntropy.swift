import NeuralNetworks
import Tensors

/// Cross entropy with the labels, `mean CE(f, y)`.
final class CrossEntropy: LabelledLoss {
    func losses(_ logits: Variable, _ step: MethodStep) throws -> RowLosses {
        try RowLosses(crossEntropiesOf: logits, step)
    }
}

/// ``CrossEntropy`` has nothing to choose.
public struct CrossEntropyOptions: LabelledLossPart {
    /// The name in recipes.
    public static let name = "cross-entropy"

    /// There is nothing to give.
    public init() {}

    /// There is none.
    public enum CodingKeys: CodingKey, CaseIterable {}

    /// Nothing can be wrong.
    public func validate() throws {}

    package func makeLoss(at site: MethodSite) throws -> any LabelledLoss { CrossEntropy() }
}
