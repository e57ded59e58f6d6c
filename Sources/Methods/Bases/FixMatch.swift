import NeuralNetworks
import Tensors

/// Confident predictions on weakly augmented images are the labels of their strongly augmented views.
///
/// Source: Sohn et al., "FixMatch: simplifying semi-supervised learning with consistency and confidence", NeurIPS 2020,
/// equations 3 and 4.
package final class FixMatch: BaseMethod {
    private let options: FixMatchOptions

    init(_ options: FixMatchOptions) {
        self.options = options
    }

    package var confidenceThreshold: Double { options.confidenceThreshold }

    /// Terms: `supervised`, `unsupervised`.
    package func step(_ step: MethodStep) throws -> (terms: [LossTerm], pseudo: PseudoLabels?) {
        let (weak, strong) = try step.inputs.unlabelledViews()

        // Equation 3: the labelled images.
        let supervised = try step.supervisedTerm()

        // Equation 4: pseudo-labels of the weak views, as constants, for the strong views.
        let logits = try step.rebalancers.weakLogits(weak.logits.value, step)
        let pseudo = try step.pseudoLabels(step.backend.softmax(logits))
        let unsupervised = try step.unsupervisedTerm(
            weight: Float(options.unsupervisedWeight), strong: strong, pseudo: pseudo)

        return ([supervised, unsupervised], pseudo)
    }
}
