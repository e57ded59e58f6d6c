import Tensors

/// Records each operation's backward call while a step runs, and plays them in reverse.
///
/// A tape lives for one step. Backward calls are let go as they are played, so the activations they hold return to the
/// backend's pool during the backward pass, not after it. The operations themselves are extensions of this class, one
/// file a family.
public final class Tape {
    /// Where the operations run.
    public let backend: any Backend
    /// False for inference and for teachers: values only, nothing is kept for a backward pass.
    public let isRecording: Bool
    private var backwardCalls: [() throws -> Void] = []

    /// An empty tape.
    public init(on backend: any Backend, recording: Bool = true) {
        self.backend = backend
        isRecording = recording
    }

    /// A variable without gradient.
    public func constant(_ value: Tensor) -> Variable {
        Variable(value, requiresGradient: false)
    }

    /// The result of an operation.
    ///
    /// - Parameters:
    ///   - value: what the operation computed from `inputs`.
    ///   - moments: of the value, if they are known.
    ///   - backward: takes the gradient with respect to `value` and sends each input its part with
    ///     ``send(_:to:)``, ``send(to:compute:)`` or ``sendInto(_:compute:)``. Not recorded if no input requires a
    ///     gradient.
    public func record(
        _ value: Tensor, moments: ChannelMoments? = nil, from inputs: [Variable],
        backward: @escaping (_ outputGradient: Tensor) throws -> Void
    ) -> Variable {
        let isRecorded = shouldRecord(inputs)
        let output = Variable(value, requiresGradient: isRecorded, moments: moments)
        guard isRecorded else { return output }
        // A variable that the loss does not depend on has received nothing when its turn comes, and is passed over.
        backwardCalls.append {
            guard let gradient = output.gradient else { return }
            try backward(gradient)
            output.resetGradient()
        }
        return output
    }

    /// The results of an operation that has several.
    ///
    /// - Parameter backward: as in ``record(_:moments:from:backward:)``, called once for all outputs; an output
    ///   that the loss does not depend on has no gradient. Not called if none has.
    public func record(
        _ values: [Tensor], from inputs: [Variable], backward: @escaping (_ outputGradients: [Tensor?]) throws -> Void
    ) -> [Variable] {
        guard shouldRecord(inputs) else { return values.map(constant) }
        let outputs = values.map { Variable($0, requiresGradient: true) }
        backwardCalls.append {
            let gradients = outputs.map(\.gradient)
            guard gradients.contains(where: { $0 != nil }) else { return }
            try backward(gradients)
            outputs.forEach { $0.resetGradient() }
        }
        return outputs
    }

    private func shouldRecord(_ inputs: [Variable]) -> Bool {
        isRecording && inputs.contains(where: \.requiresGradient)
    }

    /// Adds a gradient that has been computed to what `variable` has received so far. The tensor must not be changed
    /// by the caller afterwards: it may become the gradient itself. Not evaluated if no gradient is wanted.
    public func send(_ gradient: @autoclosure () throws -> Tensor, to variable: Variable) throws {
        guard variable.requiresGradient else { return }
        if let received = variable.gradient {
            variable.gradient = try sum(received, try gradient(), for: variable)
        } else if let destination = variable.gradientDestination {
            try backend.copy(try gradient(), into: destination)
            variable.gradient = destination
        } else {
            variable.gradient = try gradient()
        }
    }

    /// Sends `variable` a gradient that `compute` itself adds to what has been received so far, so that no pass over the
    /// memory is spent on the addition. What is computed for a variable that wants no gradient is dropped.
    ///
    /// - Parameter compute: takes what to add, which it must not change; nil means nothing.
    public func send(to variable: Variable, compute: (_ received: Tensor?) throws -> Tensor) throws {
        let isInArena = variable.gradientDestination != nil
        let gradient = try compute(isInArena ? nil : variable.gradient)
        if isInArena {
            try send(gradient, to: variable)
        } else if variable.requiresGradient {
            variable.gradient = gradient
        }
    }

    /// Adds gradients that one call of `compute` writes into the tensors it is given, one for each variable: for
    /// parameters, straight into the arena. What is written for a variable that wants no gradient is dropped.
    public func sendInto(_ variables: [Variable], compute: (_ destinations: [Tensor]) throws -> Void) throws {
        let destinations = try variables.map { variable in
            if variable.requiresGradient, variable.gradient == nil, let place = variable.gradientDestination {
                place
            } else {
                try backend.makeTensor(variable.shape, .float32)
            }
        }
        try compute(destinations)
        for (variable, gradient) in zip(variables, destinations) where variable.requiresGradient {
            variable.gradient =
                if let received = variable.gradient { try sum(received, gradient, for: variable) } else { gradient }
        }
    }

    /// What `variable` has received so far plus `another`. It needs a place of its own, since the tensor received may
    /// also be another variable's gradient, unless it already lies in the arena.
    private func sum(_ received: Tensor, _ another: Tensor, for variable: Variable) throws -> Tensor {
        guard variable.gradientDestination != nil else { return try backend.binary(.add, received, another) }
        try backend.accumulate(another, scale: 1, into: received)
        return received
    }

    /// Computes the gradient of `lossScale · loss` with respect to every variable that it depends on, and empties the tape.
    ///
    /// - Parameter lossScale: keeps the gradients of activations in the range of float16; the optimizer divides by it.
    /// - Throws: `TensorError.invalidArgument` if the loss is not a single number.
    public func backward(from loss: Variable, lossScale: Float = 1) throws {
        guard loss.value.count == 1 else {
            throw TensorError.invalidArgument(
                operation: "backward", problem: "a loss is one number, this is a tensor of \(loss.shape)")
        }
        guard loss.requiresGradient else { return }
        loss.gradient = try backend.tensor(repeating: lossScale, loss.shape)
        while let call = backwardCalls.popLast() {
            try call()
        }
    }
}
