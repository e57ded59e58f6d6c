import NeuralNetworks
import Tensors

/// A network that learns, the moving average that follows it, and the optimizer between them.
final class NetworkInTraining {
    /// The parameters that learn.
    enum Learning {
        case all
        /// The classifier alone: the rest of the network stays bit for bit as it is.
        case classifier
    }

    /// The network that learns.
    let student: any ImageClassifier
    /// Its moving average.
    let average: any ImageClassifier
    private let optimizer: any Optimizer
    private let learning: Learning
    private let decay: Double
    private let backend: any Backend

    /// - Parameter decay: of the moving average, in the long run.
    init(
        _ network: NetworkConfiguration, learning: Learning = .all, optimizer: OptimizerSettings, decay: Double,
        seed: UInt64, on backend: any Backend
    ) throws {
        student = try network.makeNetwork(seed: seed, on: backend)
        average = try student.twin()
        self.optimizer = try optimizer.optimizer(
            of: student.parameters, moving: learning == .classifier ? student.classifier.parameterNames : nil)
        self.learning = learning
        self.decay = decay
        self.backend = backend
    }

    /// The backward pass of a loss, the optimizer's step, and the average's.
    ///
    /// - Parameter step: 0-based, counted from the network's first.
    func descend(from loss: Variable, on tape: Tape, step: Int, learningRate: Double) throws {
        try student.parameters.resetGradients()
        let lossScale = student.form.precision.lossScale
        try tape.backward(from: loss, lossScale: lossScale)
        try optimizer.step(learningRate: Float(learningRate), lossScale: lossScale)
        switch learning {
        case .all:
            try ExponentialMovingAverage(of: student, in: average, decay: decay).update(step: step)
        case .classifier:
            try followClassifier(decay: Float(ExponentialMovingAverage.decay(step: step, limit: decay)))
        }
    }

    /// Of what stays the same an average would round.
    private func followClassifier(decay: Float) throws {
        for name in student.classifier.parameterNames.sorted() {
            try backend.exponentialMovingAverage(
                average.parameters.variable(name).value, of: student.parameters.variable(name).value, decay: decay)
        }
    }

    /// Goes on from weights that have been learned elsewhere; everything else begins anew.
    func start(from weights: [String: HostTensor]) throws {
        try student.tensors.load(weights)
        try average.tensors.copyValues(from: student.tensors)
    }

    /// `model.*` the student and `ema.*` its average under PyTorch's names and in its layouts, `optimizer.*`. Waits for
    /// the device.
    func state() throws -> [String: HostTensor] {
        var state: [String: HostTensor] = [:]
        state.add(try student.tensors.stateDictionary(), StatePrefix.student)
        state.add(try average.tensors.stateDictionary(), StatePrefix.average)
        state.add(try optimizer.state(), StatePrefix.optimizer)
        return state
    }

    /// Puts back what ``state()`` gave.
    ///
    /// - Throws: `NetworkError.stateMismatch` if names or shapes do not fit.
    func restore(_ state: [String: HostTensor]) throws {
        try student.tensors.load(state.part(StatePrefix.student))
        try average.tensors.load(state.part(StatePrefix.average))
        try optimizer.restore(state.part(StatePrefix.optimizer))
    }
}
