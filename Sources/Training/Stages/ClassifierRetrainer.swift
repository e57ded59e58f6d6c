import Datasets
import Methods
import NeuralNetworks
import Tensors

/// cRT: trains a new classifier by cross entropy on class-balanced batches of labelled images. The network before it stays
/// as it is, its batch normalization in inference mode.
///
/// Source: Kang et al., "Decoupling representation and classifier for long-tailed recognition", ICLR 2020, section 4.1.
final class ClassifierRetrainer: AveragingLearner {
    let network: NetworkInTraining
    private let firstStep: Int
    private let backend: any Backend

    /// A learner before the first step of its stage.
    ///
    /// - Parameter network: of which the classifier learns.
    init(_ network: NetworkInTraining, stage: Stage, on backend: any Backend) {
        self.network = network
        firstStep = stage.firstStep
        self.backend = backend
    }

    func step(_ step: Int, _ batch: Learner.Batch, learningRate: Double) throws -> StepOutputs {
        let encoding = Tape(on: backend, recording: false)
        let features = try student.features(of: encoding.constant(batch.images), mode: .inference, on: encoding)
        let labels = try backend.tensor(batch.labels, try Shape([batch.labels.count]))
        let tape = Tape(on: backend)
        let logits = try student.logits(of: tape.constant(features.value), on: tape)
        let loss = try tape.crossEntropy(logits, labels: labels)
        try network.descend(from: loss, on: tape, step: step - firstStep, learningRate: learningRate)
        return StepOutputs(named: "retraining", loss)
    }

    /// What the moving average makes of the test images, with the classifier that is trained here, even if the method
    /// had a second one.
    func evaluation(on data: TrainingData, _ trainingSet: TrainingSet) throws -> Evaluation {
        try Evaluation(of: evaluated, usesAuxiliaryHead: false, on: data, backend: backend)
    }
}
