import Datasets
import Methods
import NeuralNetworks
import Tensors

/// cRT: trains a new classifier by cross entropy on class-balanced batches of labelled images. The network before it stays
/// as it is, its batch normalization in inference mode.
///
/// Source: Kang et al., "Decoupling representation and classifier for long-tailed recognition", ICLR 2020, section 4.1.
final class ClassifierRetrainer: StageLearner {
    let student: WideResNet
    let evaluated: WideResNet
    private let optimizer: any Optimizer
    private let movingAverageDecay: Double
    private let firstStep: Int
    private let backend: any Backend

    /// A learner before the first step of its stage.
    init(
        network: WideResNetConfiguration, optimizer: OptimizerSettings, movingAverageDecay: Double, stage: Stage,
        seed: UInt64, on backend: any Backend
    ) throws {
        self.backend = backend
        self.movingAverageDecay = movingAverageDecay
        firstStep = stage.firstStep
        student = try WideResNet(network, seed: seed, on: backend)
        evaluated = try student.twin()
        self.optimizer = try optimizer.optimizer(of: student.parameters, moving: student.classifier.parameterNames)
    }

    func step(_ step: Int, _ batch: Learner.Batch, learningRate: Double) throws -> StepOutputs {
        let encoding = Tape(on: backend, recording: false)
        let features = try student.features(of: encoding.constant(batch.images), mode: .inference, on: encoding)
        let labels = try backend.tensor(batch.labels, try Shape([batch.labels.count]))
        let tape = Tape(on: backend)
        let logits = try student.logits(of: tape.constant(features.value), on: tape)
        let loss = try tape.crossEntropy(logits, labels: labels)
        try student.parameters.resetGradients()
        let lossScale = student.configuration.precision.lossScale
        try tape.backward(from: loss, lossScale: lossScale)
        try optimizer.step(learningRate: Float(learningRate), lossScale: lossScale)
        try followStudent(decay: ExponentialMovingAverage.decay(step: step - firstStep, limit: movingAverageDecay))
        return StepOutputs(named: "retraining", loss)
    }

    /// The classifier alone, since the rest is the same and averaging would round it.
    private func followStudent(decay: Double) throws {
        for name in student.classifier.parameterNames {
            try backend.exponentialMovingAverage(
                evaluated.parameters.variable(name).value, of: student.parameters.variable(name).value,
                decay: Float(decay))
        }
    }

    func start(from weights: [String: HostTensor]) throws {
        try student.tensors.load(weights)
        try evaluated.tensors.copyValues(from: student.tensors)
    }

    /// What the moving average makes of the test images, with the classifier that is trained here, even if the method
    /// had a second one.
    func evaluation(on data: TrainingData, _ trainingSet: TrainingSet) throws -> Evaluation {
        try Evaluation(of: evaluated, usesAuxiliaryHead: false, on: data, backend: backend)
    }

    func state() throws -> [String: HostTensor] {
        var state: [String: HostTensor] = [:]
        state.add(try student.tensors.stateDictionary(), StatePrefix.student)
        state.add(try evaluated.tensors.stateDictionary(), StatePrefix.teacher)
        state.add(try optimizer.state(), StatePrefix.optimizer)
        return state
    }

    func restore(_ state: [String: HostTensor]) throws {
        try student.tensors.load(state.part(StatePrefix.student))
        try evaluated.tensors.load(state.part(StatePrefix.teacher))
        try optimizer.restore(state.part(StatePrefix.optimizer))
    }
}
