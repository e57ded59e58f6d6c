import Tensors

/// The scheme that a method is built on: which views it compares, and how.
package protocol BaseMethod: AnyObject {
    /// The probability from which on a pseudo-label is used: the base's own, unless it uses all, and a second head's.
    var confidenceThreshold: Double { get }

    /// The losses of one step, recorded on the step's tape, and the pseudo-labels, if there are any. Asks the step's
    /// rebalancers where they may change something.
    func step(_ step: MethodStep) throws -> (terms: [LossTerm], pseudo: PseudoLabels?)

    /// What else of the last step is worth seeing, by name. On the device.
    func observations() throws -> [String: Tensor]

    /// Everything kept from step to step, by name.
    func state() throws -> [String: HostTensor]

    /// Puts back what ``state()`` gave.
    func restore(_ reader: inout StateReader) throws
}

extension BaseMethod {
    package var confidenceThreshold: Double { 0.95 }
    package func observations() throws -> [String: Tensor] { [:] }
    package func state() throws -> [String: HostTensor] { [:] }
    package func restore(_ reader: inout StateReader) throws {}
}
