import Datasets
import Methods
import NeuralNetworks
import Tensors

/// Learns features in which images of one class lie close together, by batch-hard triplets of labelled images on the unit
/// sphere. The moving average of the network is what images are embedded with afterwards.
final class MetricLearner: StageLearner {
    let student: WideResNet
    let evaluated: WideResNet
    private let margin: Float
    private let optimizer: any Optimizer
    private let average: ExponentialMovingAverage
    private let firstStep: Int
    private let backend: any Backend

    /// A learner before the first step of its stage.
    init(
        margin: Double, network: WideResNetConfiguration, optimizer: OptimizerSettings, movingAverageDecay: Double,
        stage: Stage, seed: UInt64, on backend: any Backend
    ) throws {
        self.margin = Float(margin)
        self.backend = backend
        firstStep = stage.firstStep
        student = try WideResNet(network, seed: seed, on: backend)
        evaluated = try student.twin()
        self.optimizer = try optimizer.optimizer(of: student.parameters)
        average = ExponentialMovingAverage(of: student, in: evaluated, decay: movingAverageDecay)
    }

    func step(_ step: Int, _ batch: Learner.Batch, learningRate: Double) throws -> StepOutputs {
        let tape = Tape(on: backend)
        let features = try student.features(of: tape.constant(batch.images), mode: .training, on: tape)
        let loss = try tape.batchHardTripletLoss(tape.l2Normalize(features), labels: batch.labels, margin: margin)
        try student.parameters.resetGradients()
        let lossScale = student.configuration.precision.lossScale
        try tape.backward(from: loss, lossScale: lossScale)
        try optimizer.step(learningRate: Float(learningRate), lossScale: lossScale)
        try average.update(step: step - firstStep)
        return StepOutputs(named: "triplet", loss)
    }

    func start(from weights: [String: HostTensor]) throws {
        try student.tensors.load(weights)
        try evaluated.tensors.copyValues(from: student.tensors)
    }

    /// The nearest class mean decides: the classifier learns nothing here.
    func evaluation(on data: TrainingData, _ trainingSet: TrainingSet) throws -> Evaluation {
        try Evaluation(
            on: data, classes: student.classes, backend: backend,
            predictions: NearestClassMeans(of: evaluated, on: data, trainingSet, backend: backend).predictions)
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
