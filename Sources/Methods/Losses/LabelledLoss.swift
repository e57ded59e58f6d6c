import NeuralNetworks
import Tensors

/// The loss of labelled images: what a method minimises on the images whose labels are known.
package protocol LabelledLoss: AnyObject {
    /// The losses of the rows of `logits` `[B, K]`, whose labels are the step's.
    func losses(_ logits: Variable, _ step: MethodStep) throws -> RowLosses

    /// What is minimised beside them; nothing for most.
    func regularization(_ step: MethodStep) throws -> [LossTerm]

    /// What else of the last step is worth seeing, by name. On the device.
    func observations() throws -> [String: Tensor]

    /// Everything kept from step to step, by name.
    func state() throws -> [String: HostTensor]

    /// Puts back what ``state()`` gave.
    func restore(_ reader: inout StateReader) throws
}

extension LabelledLoss {
    package func regularization(_ step: MethodStep) throws -> [LossTerm] { [] }
    package func observations() throws -> [String: Tensor] { [:] }
    package func state() throws -> [String: HostTensor] { [:] }
    package func restore(_ reader: inout StateReader) throws {}
}

/// The losses of the labelled rows, and what makes them one.
package struct RowLosses {
    private enum Form {
        /// Cross entropies of logits with targets: softmax, loss and mean are one operation.
        case crossEntropies(Variable, targets: Tensor)
        /// `[B]`: each row's loss, with the weight of its class where the loss has class weights; their sum is divided by
        /// `divisor`, `[1]`, or where there is none by B.
        case losses(Variable, divisor: Tensor?)
    }

    private let form: Form

    /// Losses `[B]` of which the mean is taken.
    init(_ perSample: Variable) {
        form = .losses(perSample, divisor: nil)
    }

    /// Cross entropies with the step's labels, of which the mean is taken.
    init(crossEntropiesOf logits: Variable, _ step: MethodStep) throws {
        form = .crossEntropies(
            logits, targets: try step.backend.oneHot(step.labels, classes: logits.shape.columns))
    }

    /// Losses `[B]` of which the mean weighted by class is taken, `Σ w_y l / Σ w_y`; `classWeights` is `[K]`.
    init(_ perSample: Variable, classWeights: Tensor, _ step: MethodStep) throws {
        let column = try classWeights.reshaped(to: try Shape([classWeights.count, 1]))
        let weights = try step.backend.gatherRows(column, indices: step.labels).reshaped(to: perSample.shape)
        form = .losses(
            try step.tape.multiply(perSample, step.tape.constant(weights)),
            divisor: try step.backend.sum(weights, scale: 1))
    }

    /// Their sum divided by the divisor, and the losses themselves. Rows of weight 0 count in the divisor.
    ///
    /// - Parameter weights: what each row counts on top, `[B]`; nil for one.
    func mean(weights: Tensor?, on tape: Tape) throws -> (loss: Variable, perSample: Tensor) {
        switch form {
        case .crossEntropies(let logits, let targets):
            return try tape.meanCrossEntropy(logits, targets: targets, weights: weights)
        case .losses(let perSample, let divisor):
            let weighted = try weights.map { try tape.multiply(perSample, tape.constant($0)) } ?? perSample
            let mean = try divisor.map { try tape.divide(tape.sum(weighted), tape.constant($0)) } ?? tape.mean(weighted)
            return (mean, perSample.value)
        }
    }
}
