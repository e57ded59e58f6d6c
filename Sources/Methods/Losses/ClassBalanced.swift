import NeuralNetworks
import Tensors

/// Cross entropy weighted by effective numbers of images, `Σ w_y CE(f, y) / Σ w_y`.
///
/// Source: Cui et al., "Class-balanced loss based on effective number of samples", CVPR 2019.
final class ClassBalanced: LabelledLoss {
    /// w, `[K]`.
    private let classWeights: Tensor

    init(_ options: ClassBalancedOptions, at site: MethodSite) throws {
        classWeights = try site.prior.classBalancedWeights(beta: options.classBalancedBeta, on: site.backend)
    }

    func losses(_ logits: Variable, _ step: MethodStep) throws -> RowLosses {
        try RowLosses(
            step.tape.crossEntropies(logits, labels: step.labels), classWeights: classWeights, step)
    }

    /// `class_weights`, `[K]`.
    func observations() throws -> [String: Tensor] { ["class_weights": classWeights] }
}

/// What can be chosen of ``ClassBalanced``.
public struct ClassBalancedOptions: LabelledLossPart {
    /// The name in recipes.
    public static let name = "class-balanced"
    /// β: 0 weighs all classes alike; towards 1 the weights approach `1 / N`.
    public var classBalancedBeta = 0.999

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case classBalancedBeta = "class_balanced_beta"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(below1: CodingKeys.classBalancedBeta, classBalancedBeta)
    }

    package func makeLoss(at site: MethodSite) throws -> any LabelledLoss { try ClassBalanced(self, at: site) }
}
