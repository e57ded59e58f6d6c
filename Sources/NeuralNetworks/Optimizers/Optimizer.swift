import Tensors

/// Moves the parameters of one arena along their gradients.
public protocol Optimizer: AnyObject {
    /// One step from the gradients that the arena holds.
    ///
    /// - Parameter lossScale: what the loss was multiplied by before they were computed; they are divided by it.
    func step(learningRate: Float, lossScale: Float) throws

    /// What it keeps from step to step, by name, in the files' layouts. Waits for the device.
    func state() throws -> [String: HostTensor]

    /// Puts back what ``state()`` gave.
    ///
    /// - Throws: `NetworkError.stateMismatch`.
    func restore(_ state: [String: HostTensor]) throws
}

extension Optimizer {
    /// One step from the gradients of the loss itself.
    public func step(learningRate: Float) throws { try step(learningRate: learningRate, lossScale: 1) }
}

/// A range of an arena that is updated in one launch, and its weight decay.
struct OptimizedRange {
    let elements: Range<Int>
    let weightDecay: Float
}

extension ParameterArena {
    /// One range with the same decay everywhere; or the weights with it, then scales and biases without. Of the parameters
    /// of some names one range each.
    func ranges(
        weightDecay: Float, skippingScalesAndBiases skips: Bool, of names: Set<String>? = nil
    ) -> [OptimizedRange] {
        if let names {
            return layout.entries.filter { names.contains($0.declaration.name) }.map { entry in
                OptimizedRange(
                    elements: entry.start..<entry.start + entry.declaration.shape.count,
                    weightDecay: skips && !weightRange.contains(entry.start) ? 0 : weightDecay)
            }
        }
        guard skips, weightDecay != 0 else {
            return [OptimizedRange(elements: 0..<layout.elementCount, weightDecay: weightDecay)]
        }
        return [
            OptimizedRange(elements: weightRange, weightDecay: weightDecay),
            OptimizedRange(elements: scaleAndBiasRange, weightDecay: 0),
        ].filter { !$0.elements.isEmpty }
    }
}

extension ArenaLayout {
    /// What `flat` holds, each name preceded by `prefix` and a slash.
    func read(_ flat: Tensor, prefix: String, on backend: any Backend) throws -> [String: HostTensor] {
        try Dictionary(
            read(flat, on: backend).map { ("\(prefix)/\($0.key)", $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// Puts back what ``read(_:prefix:on:)`` gave; names without the prefix are left to others.
    func write(_ tensors: [String: HostTensor], prefix: String, into flat: Tensor, on backend: any Backend) throws {
        let own = tensors.filter { $0.key.hasPrefix("\(prefix)/") }
            .map { (String($0.key.dropFirst(prefix.count + 1)), $0.value) }
        try write(Dictionary(own, uniquingKeysWith: { first, _ in first }), into: flat, on: backend)
    }
}
