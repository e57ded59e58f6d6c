import NeuralNetworks
import Tensors

/// Several rebalancers as one: each sees what those before it have made.
package final class RebalancerList: Rebalancer {
    private let members: [any Rebalancer]

    init(_ members: [any Rebalancer]) {
        self.members = members
    }

    package func begin(_ step: MethodStep) throws {
        for member in members { try member.begin(step) }
    }

    package func labelledLogits(_ logits: Variable, _ step: MethodStep) throws -> Variable {
        try members.reduce(logits) { try $1.labelledLogits($0, step) }
    }

    package func labelledWeights(_ step: MethodStep) throws -> Tensor? {
        try members.reduce(nil) { weights, member in
            guard let another = try member.labelledWeights(step) else { return weights }
            return try weights.map { try step.backend.binary(.multiply, $0, another) } ?? another
        }
    }

    package func weakLogits(_ logits: Tensor, _ step: MethodStep) throws -> Tensor {
        try members.reduce(logits) { try $1.weakLogits($0, step) }
    }

    package func probabilities(_ probabilities: Tensor, _ step: MethodStep) throws -> Tensor {
        try members.reduce(probabilities) { try $1.probabilities($0, step) }
    }

    package func weights(of pseudo: PseudoLabels, _ step: MethodStep) throws -> Tensor {
        try members.reduce(pseudo) { PseudoLabels($0, weights: try $1.weights(of: $0, step)) }.weights
    }

    package func lossWeights(of pseudo: PseudoLabels, _ step: MethodStep) throws -> Tensor {
        try members.reduce(pseudo) { PseudoLabels($0, weights: try $1.lossWeights(of: $0, step)) }.weights
    }

    package func strongLogits(_ logits: Variable, _ step: MethodStep) throws -> Variable {
        try members.reduce(logits) { try $1.strongLogits($0, step) }
    }

    package func unsupervisedWeight(_ step: MethodStep) throws -> Float {
        try members.reduce(1) { try $0 * $1.unsupervisedWeight(step) }
    }

    package func losses(_ pseudo: PseudoLabels, _ step: MethodStep) throws -> [LossTerm] {
        try members.flatMap { try $0.losses(pseudo, step) }
    }

    package func end(_ pseudo: PseudoLabels, _ step: MethodStep) throws {
        for member in members { try member.end(pseudo, step) }
    }

    package func receive(_ predictions: UnlabelledPredictions) throws {
        for member in members { try member.receive(predictions) }
    }

    package func receive(_ predictions: MeanPredictions) throws {
        for member in members { try member.receive(predictions) }
    }

    package func observations() throws -> [String: Tensor] {
        try members.reduce(into: [:]) { $0.merge(try $1.observations()) { first, _ in first } }
    }

    package func state() throws -> [String: HostTensor] {
        try members.reduce(into: [:]) { state, member in
            state.merge(try member.state()) { first, _ in first }
        }
    }

    package func restore(_ reader: inout StateReader) throws {
        for member in members { try member.restore(&reader) }
    }
}
