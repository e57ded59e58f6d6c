import NeuralNetworks
import Tensors

/// A method made of three parts: a base that turns views into losses, the loss of its labelled images, and what
/// rebalances it.
package final class ComposedMethod: Method {
    /// What all parts need from the loop.
    public let requirements: MethodRequirements
    private let base: any BaseMethod
    private let loss: any LabelledLoss
    private let rebalancers: RebalancerList
    private let classes: Int
    private let threshold: Tensor

    package init(
        requirements: MethodRequirements, base: any BaseMethod, loss: any LabelledLoss, rebalancers: [any Rebalancer],
        at site: MethodSite
    ) throws {
        self.requirements = requirements
        self.base = base
        self.loss = loss
        self.rebalancers = RebalancerList(rebalancers)
        classes = site.prior.classes
        threshold = try site.backend.tensor([Float(base.confidenceThreshold)], [1])
    }

    /// The base's step, with whatever the rebalancers change.
    public func step(_ inputs: StepInputs, on tape: Tape) throws -> StepOutputs {
        let step = MethodStep(
            inputs: inputs, labels: try inputs.uploadedLabels(classes: classes, on: tape.backend), loss: loss,
            rebalancers: rebalancers, threshold: threshold, tape: tape)
        try rebalancers.begin(step)
        let result = try base.step(step)
        var terms = try result.terms + loss.regularization(step)
        if let pseudo = result.pseudo {
            terms += try rebalancers.losses(pseudo, step)
            try rebalancers.end(pseudo, step)
        }
        var outputs = try StepOutputs(terms, pseudo: result.pseudo, on: tape)
        outputs.observations = { [base, loss, rebalancers] in
            try base.observations().merging(try loss.observations()) { first, _ in first }
                .merging(try rebalancers.observations()) { first, _ in first }
        }
        return outputs
    }

    /// Hands the predictions to the rebalancers.
    public func receive(_ predictions: UnlabelledPredictions) throws {
        guard predictions.classes == classes else {
            throw MethodError.invalidInput(
                name: "unlabelled predictions", problem: "is of \(predictions.classes) classes, not of \(classes)")
        }
        try rebalancers.receive(predictions)
    }

    /// Hands the mean predictions to the rebalancers.
    public func receive(_ predictions: MeanPredictions) throws {
        guard predictions.classes == classes else {
            throw MethodError.invalidInput(
                name: "mean predictions", problem: "is of \(predictions.classes) classes, not of \(classes)")
        }
        try rebalancers.receive(predictions)
    }

    /// All parts' state.
    public func state() throws -> [String: HostTensor] {
        try base.state().merging(try loss.state()) { first, _ in first }
            .merging(try rebalancers.state()) { first, _ in first }
    }

    /// Puts back what ``state()`` gave.
    public func restore(_ state: [String: HostTensor]) throws {
        var reader = StateReader(state)
        try base.restore(&reader)
        try loss.restore(&reader)
        try rebalancers.restore(&reader)
        try reader.finish()
    }
}
