import Datasets
import Methods
import NeuralNetworks
import Tensors

/// Everything that changes while a stage learns, and the step that changes it.
protocol StageLearner: AnyObject {
    /// The network that learns.
    var student: any ImageClassifier { get }

    /// The network that evaluations look at: the student's moving average, if there is one.
    var evaluated: any ImageClassifier { get }

    /// One training step. Nothing is read from the device.
    ///
    /// - Parameter step: 0-based, counted through the whole run.
    /// - Returns: the losses of before the optimizer's step, still on the device.
    func step(_ step: Int, _ batch: Learner.Batch, learningRate: Double) throws -> StepOutputs

    /// After a step: looks at all unlabelled images, if it is time to.
    ///
    /// - Parameter stepsDone: counted through the whole run, with the step just taken.
    func predictUnlabelledImages(of data: TrainingData, _ trainingSet: TrainingSet, stepsDone: Int) throws

    /// Goes on from weights that another stage has learned: the student and whatever follows it.
    func start(from weights: [String: HostTensor]) throws

    /// What the network makes of the test images.
    func evaluation(on data: TrainingData, _ trainingSet: TrainingSet) throws -> Evaluation

    /// Everything that later steps depend on, by name. Waits for the device.
    func state() throws -> [String: HostTensor]

    /// Puts back what ``state()`` gave.
    func restore(_ state: [String: HostTensor]) throws
}

extension StageLearner {
    func predictUnlabelledImages(of data: TrainingData, _ trainingSet: TrainingSet, stepsDone: Int) throws {}
}

/// A learner whose moving average is what evaluations look at, and whose network is its whole state unless it says more.
protocol AveragingLearner: StageLearner {
    var network: NetworkInTraining { get }
}

extension AveragingLearner {
    var student: any ImageClassifier { network.student }

    var evaluated: any ImageClassifier { network.average }

    func start(from weights: [String: HostTensor]) throws { try network.start(from: weights) }

    func state() throws -> [String: HostTensor] { try network.state() }

    func restore(_ state: [String: HostTensor]) throws { try network.restore(state) }
}
