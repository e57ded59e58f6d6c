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
    /// `[B]`: each row's loss, with the weight of its class where the loss has class weights.
    let perSample: Variable
    /// `[1]`: what their sum is divided by; nil for B.
    let divisor: Tensor?

    /// Losses of which the mean is taken.
    init(_ perSample: Variable) {
        self.perSample = perSample
        divisor = nil
    }

    /// Losses `[B]` of which the mean weighted by class is taken, `Σ w_y l / Σ w_y`; `classWeights` is `[K]`.
    init(_ perSample: Variable, classWeights: Tensor, _ step: MethodStep) throws {
        let column = try classWeights.reshaped(to: try Shape([classWeights.count, 1]))
        let weights = try step.backend.gatherRows(column, indices: step.labels).reshaped(to: perSample.shape)
        self.perSample = try step.tape.multiply(perSample, step.tape.constant(weights))
        divisor = try step.backend.sum(weights, scale: 1)
    }

    /// Their sum divided by the divisor. Rows of weight 0 count in it.
    ///
    /// - Parameter weights: what each row counts on top, `[B]`; nil for one.
    func mean(weights: Tensor?, on tape: Tape) throws -> Variable {
        let weighted = try weights.map { try tape.multiply(perSample, tape.constant($0)) } ?? perSample
        guard let divisor else { return try tape.mean(weighted) }
        return try tape.divide(tape.sum(weighted), tape.constant(divisor))
    }
}
