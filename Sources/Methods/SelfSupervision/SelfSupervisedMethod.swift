import NeuralNetworks
import Tensors

/// What is learned from two random views of each image, without labels: features for a classifier to begin with.
///
/// A method names the perceptrons that it needs behind the network and turns views into a loss; the loop runs the networks.
package protocol SelfSupervisedMethod: AnyObject {
    /// From the network's features to where views are compared.
    var projection: MultiLayerPerceptron { get }

    /// Predicts one view's projection from the other's; nil for methods without.
    var prediction: MultiLayerPerceptron? { get }

    /// What the moving average of network and projection keeps of itself after the 0-based step; nil for methods without.
    func averageDecay(step: Int) -> Double?

    /// The loss of one step, `[1]`.
    func loss(_ views: TwoViews, on tape: Tape) throws -> Variable

    /// Everything kept from step to step, by name.
    func state() throws -> [String: HostTensor]

    /// Puts back what ``state()`` gave.
    ///
    /// - Throws: `MethodError.invalidState`.
    func restore(_ state: [String: HostTensor]) throws
}

extension SelfSupervisedMethod {
    package var prediction: MultiLayerPerceptron? { nil }
    package func averageDecay(step: Int) -> Double? { nil }
    package func state() throws -> [String: HostTensor] { [:] }
    package func restore(_ state: [String: HostTensor]) throws {
        try StateReader(state).finish()
    }
}

/// Two views of B images, as the networks see them. Each is computed when a method asks for it, and only then.
package struct TwoViews {
    /// One of the two.
    package enum View: Sendable {
        case first, second
    }

    /// `[B, P]` each: projections of one forward pass of both views, so that batch statistics are joint.
    package var jointProjections: () throws -> (Variable, Variable)
    /// `[B, P]`: the projection of one view, by its own batch statistics.
    package var projection: (View) throws -> Variable
    /// `[B, P]`: what the prediction makes of a projection.
    package var prediction: (Variable) throws -> Variable
    /// `[B, P]`: what the moving average of network and projection makes of a view.
    package var averageProjection: (View) throws -> Tensor

    /// Views of which everything can be asked.
    package init(
        jointProjections: @escaping () throws -> (Variable, Variable),
        projection: @escaping (View) throws -> Variable, prediction: @escaping (Variable) throws -> Variable,
        averageProjection: @escaping (View) throws -> Tensor
    ) {
        self.jointProjections = jointProjections
        self.projection = projection
        self.prediction = prediction
        self.averageProjection = averageProjection
    }
}

/// Where a self-supervised method is to work.
package struct SelfSupervisionSite {
    /// D: columns of the network's features.
    package var featureWidth: Int
    /// How many steps it is to take.
    package var totalSteps: Int
    /// Names the streams of first values.
    package var seed: UInt64
    /// Where it computes.
    package var backend: any Backend

    /// A place to work.
    package init(featureWidth: Int, totalSteps: Int, seed: UInt64, backend: any Backend) {
        self.featureWidth = featureWidth
        self.totalSteps = totalSteps
        self.seed = seed
        self.backend = backend
    }
}

/// The options of a self-supervised method.
package protocol SelfSupervisionPart: MethodPart {
    /// - Throws: `MethodError.invalidOption` for a batch that it cannot work with.
    func validate(batchSize: Int) throws

    /// The method before its first step.
    func makeMethod(at site: SelfSupervisionSite) throws -> any SelfSupervisedMethod
}

extension SelfSupervisionPart {
    package func validate(batchSize: Int) throws {}
}

extension StepOutputs {
    /// A loss of one part.
    package init(named name: String, _ loss: Variable) {
        total = loss
        terms = [(name, loss.value)]
    }
}
