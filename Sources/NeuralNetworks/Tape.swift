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
    ///   - backward: takes the gradient with respect to `value` and sends each input its part with
    ///     ``send(_:to:)`` or ``sendInto(_:compute:)``. Not recorded if no input requires a gradient.
    public func record(
        _ value: Tensor, from inputs: [Variable], backward: @escaping (_ outputGradient: Tensor) throws -> Void
    ) -> Variable {
        guard isRecording, inputs.contains(where: \.requiresGradient) else { return constant(value) }
        let output = Variable(value, requiresGradient: true)
        // A variable that the loss does not depend on has received nothing when its turn comes, and is passed over.
        backwardCalls.append { [output] in
            guard let gradient = output.gradient else { return }
            try backward(gradient)
            output.resetGradient()
        }
        return output
    }

    /// Adds a gradient that has been computed to what `variable` has received so far. The tensor must not be changed
    /// by the caller afterwards: it may become the gradient itself.
    public func send(_ gradient: @autoclosure () throws -> Tensor, to variable: Variable) throws {
        guard variable.requiresGradient else { return }
        if variable.gradient == nil, variable.gradientDestination == nil {
            variable.gradient = try gradient()
        } else {
            let gradient = try gradient()
            try sendInto(variable) { try backend.copy(gradient, into: $0) }
        }
    }

    /// Adds a gradient that `compute` writes into the tensor it is given: for parameters, straight into the arena.
    public func sendInto(_ variable: Variable, compute: (_ destination: Tensor) throws -> Void) throws {
        guard variable.requiresGradient else { return }
        if let received = variable.gradient {
            let another = try backend.makeTensor(variable.shape, .float32)
            try compute(another)
            // The tensor received may also be another variable's gradient, so the sum needs a place of its own,
            // unless it already lies in the arena.
            if variable.gradientDestination != nil {
                try backend.accumulate(another, scale: 1, into: received)
            } else {
                variable.gradient = try backend.binary(.add, received, another)
            }
        } else {
            let destination = try variable.gradientDestination ?? backend.makeTensor(variable.shape, .float32)
            try compute(destination)
            variable.gradient = destination
        }
    }

    /// Computes the gradient of `loss` with respect to every variable that it depends on, and empties the tape.
    ///
    /// - Throws: `TensorError.invalidArgument` if the loss is not a single number.
    public func backward(from loss: Variable) throws {
        guard loss.value.count == 1 else {
            throw TensorError.invalidArgument(
                operation: "backward", problem: "a loss is one number, this is a tensor of \(loss.shape)")
        }
        guard loss.requiresGradient else { return }
        loss.gradient = try backend.tensor(repeating: 1, loss.shape)
        while let call = backwardCalls.popLast() {
            try call()
        }
    }
}
