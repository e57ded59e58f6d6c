import Datasets
import Methods
import NeuralNetworks
import Tensors

/// Learns features in which images of one class lie close together, by batch-hard triplets of labelled images on the unit
/// sphere, and if wished two views of an unlabelled image. The moving average of the network is what images are embedded
/// with afterwards.
final class MetricLearner: AveragingLearner {
    let network: NetworkInTraining
    private let margin: Float
    private let consistencyWeight: Float
    private let firstStep: Int
    private let backend: any Backend

    /// A learner before the first step of its stage.
    init(_ network: NetworkInTraining, _ rounds: RoundsSettings, stage: Stage, on backend: any Backend) {
        self.network = network
        margin = Float(rounds.margin)
        consistencyWeight = Float(rounds.consistencyWeight)
        firstStep = stage.firstStep
        self.backend = backend
    }

    func step(_ step: Int, _ batch: Learner.Batch, learningRate: Double) throws -> StepOutputs {
        let tape = Tape(on: backend)
        let features = try tape.l2Normalize(
            student.features(of: tape.constant(batch.images), mode: .training, on: tape))
        let outputs = try StepOutputs(terms(features, of: batch, on: tape), on: tape)
        try network.descend(from: outputs.total, on: tape, step: step - firstStep, learningRate: learningRate)
        return outputs
    }

    private func terms(_ features: Variable, of batch: Learner.Batch, on tape: Tape) throws -> [LossTerm] {
        let unlabelled = batch.unlabelledIndices.count
        guard unlabelled > 0 else {
            return [
                LossTerm("triplet", try tape.batchHardTripletLoss(features, labels: batch.labels, margin: margin))
            ]
        }
        let parts = try tape.split(features, counts: [batch.labels.count, unlabelled, unlabelled])
        return [
            LossTerm("triplet", try tape.batchHardTripletLoss(parts[0], labels: batch.labels, margin: margin)),
            LossTerm("consistency", weight: consistencyWeight, try tape.viewConsistencyLoss(parts[1], parts[2])),
        ]
    }

    /// The nearest class mean decides: the classifier learns nothing here.
    func evaluation(on data: TrainingData, _ trainingSet: TrainingSet) throws -> Evaluation {
        try Evaluation(
            on: data, classes: student.classes, backend: backend,
            predictions: NearestClassMeans(of: evaluated, on: data, trainingSet, backend: backend).predictions)
    }
}
