import Datasets
import Methods
import NeuralNetworks
import Tensors

/// Learns features in which images of one class lie close together, by batch-hard triplets of labelled images on the unit
/// sphere. The moving average of the network is what images are embedded with afterwards.
final class MetricLearner: AveragingLearner {
    let network: NetworkInTraining
    private let margin: Float
    private let firstStep: Int
    private let backend: any Backend

    /// A learner before the first step of its stage.
    init(_ network: NetworkInTraining, margin: Double, stage: Stage, on backend: any Backend) {
        self.network = network
        self.margin = Float(margin)
        firstStep = stage.firstStep
        self.backend = backend
    }

    func step(_ step: Int, _ batch: Learner.Batch, learningRate: Double) throws -> StepOutputs {
        let tape = Tape(on: backend)
        let features = try student.features(of: tape.constant(batch.images), mode: .training, on: tape)
        let loss = try tape.batchHardTripletLoss(tape.l2Normalize(features), labels: batch.labels, margin: margin)
        try network.descend(from: loss, on: tape, step: step - firstStep, learningRate: learningRate)
        return StepOutputs(named: "triplet", loss)
    }

    /// The nearest class mean decides: the classifier learns nothing here.
    func evaluation(on data: TrainingData, _ trainingSet: TrainingSet) throws -> Evaluation {
        try Evaluation(
            on: data, classes: student.classes, backend: backend,
            predictions: NearestClassMeans(of: evaluated, on: data, trainingSet, backend: backend).predictions)
    }
}
