import NeuralNetworks
import Tensors

/// The loss of labelled images: what a method minimises on the images whose labels are known.
package protocol LabelledLoss: AnyObject {
    /// The mean over the rows.
    ///
    /// - Parameters:
    ///   - logits: `[B, K]`.
    ///   - weights: what each row counts, `[B]`; nil for one. Rows of weight 0 count in B.
    func loss(_ logits: Variable, weights: Tensor?, _ step: MethodStep) throws -> Variable

    /// Everything kept from step to step, by name.
    func state() throws -> [String: HostTensor]

    /// Puts back what ``state()`` gave.
    func restore(_ reader: inout StateReader) throws
}

extension LabelledLoss {
    package func state() throws -> [String: HostTensor] { [:] }
    package func restore(_ reader: inout StateReader) throws {}
}
