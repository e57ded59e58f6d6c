import Datasets
import Methods
import NeuralNetworks
import Tensors

/// Learns features from two views of each image, without labels. Its heads end with the stage; what goes on is the network.
final class SelfSupervisedLearner: StageLearner {
    let student: any ImageClassifier
    var evaluated: any ImageClassifier { student }
    private let method: any SelfSupervisedMethod
    private let projection: ProjectionHead
    private let prediction: ProjectionHead?
    /// The moving averages of network and projection, for methods that compare with them.
    private let average: (network: any ImageClassifier, projection: ProjectionHead)?
    /// What learns: the network and its heads, each in an arena of its own.
    private let parts: [(name: String, tensors: NetworkTensors, optimizer: any Optimizer)]
    private let firstStep: Int
    private let backend: any Backend

    /// A learner before the first step of its stage.
    init(
        _ settings: PretrainingSettings, network: NetworkConfiguration, optimizer: OptimizerSettings, stage: Stage,
        seed: UInt64, on backend: any Backend
    ) throws {
        self.backend = backend
        firstStep = stage.firstStep
        student = try network.makeNetwork(seed: seed, on: backend)
        method = try settings.part.makeMethod(
            at: SelfSupervisionSite(
                featureWidth: student.featureWidth, totalSteps: stage.steps, seed: seed, backend: backend))
        projection = try ProjectionHead(method.projection, seed: seed, on: backend)
        prediction = try method.prediction.map { try ProjectionHead($0, seed: seed, on: backend) }
        average = method.averageDecay(step: 0) == nil ? nil : (try student.twin(), try projection.twin())
        var tensors = [("model", student.tensors), ("projection", projection.tensors)]
        if let prediction { tensors.append(("prediction", prediction.tensors)) }
        parts = try tensors.map { name, tensors in
            (name, tensors, try optimizer.optimizer(of: tensors.parameters, weightDecay: settings.weightDecay))
        }
    }

    func step(_ step: Int, _ batch: Learner.Batch, learningRate: Double) throws -> StepOutputs {
        let tape = Tape(on: backend)
        let loss = try method.loss(views(of: batch.images, on: tape), on: tape)
        for part in parts { try part.tensors.parameters.resetGradients() }
        let lossScale = student.form.precision.lossScale
        try tape.backward(from: loss, lossScale: lossScale)
        for part in parts { try part.optimizer.step(learningRate: Float(learningRate), lossScale: lossScale) }
        if let average, let decay = method.averageDecay(step: step - firstStep) {
            try ExponentialMovingAverage(of: student, in: average.network).update(decay: decay)
            try ExponentialMovingAverage(of: projection.tensors, in: average.projection.tensors).update(decay: decay)
        }
        return StepOutputs(named: "self_supervised", loss)
    }

    /// The two halves of `[2B, H, W, C]`.
    private func views(of images: Tensor, on tape: Tape) -> TwoViews {
        let count = images.shape[0] / 2
        func part(_ view: TwoViews.View) throws -> Tensor {
            try images.slice(view == .first ? 0..<count : count..<2 * count)
        }
        func project(_ images: Tensor) throws -> Variable {
            let features = try student.features(of: tape.constant(images), mode: .training, on: tape)
            return try projection.apply(to: features, on: tape)
        }
        return TwoViews(
            jointProjections: {
                let views = try tape.split(project(images), counts: [count, count])
                return (views[0], views[1])
            },
            projection: { try project(part($0)) },
            prediction: { [prediction] in try prediction?.apply(to: $0, on: tape) ?? $0 },
            averageProjection: { [average, backend] view in
                // Batch statistics of its own, as published: "training mode", without gradients.
                let tape = Tape(on: backend, recording: false)
                guard let average else { return try project(part(view)).value }
                let features = try average.network.features(of: tape.constant(part(view)), mode: .training, on: tape)
                return try average.projection.apply(to: features, on: tape).value
            })
    }

    func start(from weights: [String: HostTensor]) throws {
        try student.tensors.load(weights)
        try average?.network.tensors.copyValues(from: student.tensors)
    }

    /// Labels are used here alone, to see what the features are worth: the nearest class mean decides.
    func evaluation(on data: TrainingData, _ trainingSet: TrainingSet) throws -> Evaluation {
        try Evaluation(
            on: data, classes: student.classes, backend: backend,
            predictions: NearestClassMeans(of: student, on: data, trainingSet, backend: backend).predictions)
    }

    /// `model.*`, `projection.*`, `prediction.*` with an optimizer each (`model_optimizer.*` …), their averages
    /// `ema.*` and `ema_projection.*`, and `method.*`.
    func state() throws -> [String: HostTensor] {
        var state: [String: HostTensor] = [:]
        for part in parts {
            state.add(try part.tensors.stateDictionary(), Self.prefix(part.name))
            state.add(try part.optimizer.state(), "\(part.name)_optimizer.")
        }
        if let average {
            state.add(try average.network.tensors.stateDictionary(), StatePrefix.average)
            state.add(try average.projection.tensors.stateDictionary(), Self.averageProjectionPrefix)
        }
        state.add(try method.state(), StatePrefix.method)
        return state
    }

    func restore(_ state: [String: HostTensor]) throws {
        for part in parts {
            let tensors = state.filter { $0.key.hasPrefix("\(part.name).") }
            try part.tensors.load(tensors.part(Self.prefix(part.name)))
            try part.optimizer.restore(state.part("\(part.name)_optimizer."))
        }
        if let average {
            try average.network.tensors.load(state.part(StatePrefix.average))
            try average.projection.tensors.load(state.part(Self.averageProjectionPrefix))
        }
        try method.restore(state.part(StatePrefix.method))
    }

    /// Before `projection.0.weight` and so on.
    private static let averageProjectionPrefix = "ema_"

    /// A head's tensors bear its name already.
    private static func prefix(_ name: String) -> String { name == "model" ? StatePrefix.student : "" }
}
