import NeuralNetworks
import Tensors

/// SCE: cross entropy and its reverse, which wrong labels cannot make large, `mean α·CE(f, y) + β·A·(1 − p_y)`; −A stands
/// for the logarithm of 0 in the reverse, `−Σ_k p_k log y_k`.
///
/// Source: Wang et al., "Symmetric cross entropy for robust learning with noisy labels", ICCV 2019.
final class SymmetricCrossEntropy: LabelledLoss {
    private let options: SymmetricCrossEntropyOptions

    init(_ options: SymmetricCrossEntropyOptions) {
        self.options = options
    }

    func losses(_ logits: Variable, _ step: MethodStep) throws -> RowLosses {
        let tape = step.tape
        let crossEntropies = try tape.crossEntropies(logits, labels: step.labels)
        let reverse = try tape.missingProbabilities(crossEntropies, scale: Float(-options.beta * options.logZero))
        return RowLosses(
            try tape.add(tape.affine(crossEntropies, scale: Float(options.alpha), shift: 0), reverse))
    }
}

/// What can be chosen of ``SymmetricCrossEntropy``. The defaults are the paper's for CIFAR-10; it takes α 6 and β 0.1 for
/// CIFAR-100.
public struct SymmetricCrossEntropyOptions: LabelledLossPart {
    /// The name in recipes.
    public static let name = "sce"
    /// α: the weight of cross entropy.
    public var alpha = 0.1
    /// β: the weight of reverse cross entropy.
    public var beta = 1.0
    /// −A: what stands for the logarithm of 0.
    public var logZero = -4.0

    /// The defaults.
    public init() {}

    /// The names in recipes.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case alpha = "sce_alpha"
        case beta = "sce_beta"
        case logZero = "sce_log_zero"
    }

    /// - Throws: `MethodError.invalidOption`.
    public func validate() throws {
        try require(CodingKeys.alpha, alpha, atLeast: 0)
        try require(CodingKeys.beta, beta, atLeast: 0)
        guard logZero.isFinite, logZero < 0 else {
            throw MethodError.invalidOption(
                name: CodingKeys.logZero.stringValue, problem: "is \(logZero); it must be below 0")
        }
    }

    package func makeLoss(at site: MethodSite) throws -> any LabelledLoss { SymmetricCrossEntropy(self) }
}
