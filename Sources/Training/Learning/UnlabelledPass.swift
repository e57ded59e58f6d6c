import Datasets
import Methods

extension Learner {
    /// Tells the method what the teacher predicts of all unlabelled images, if it wants to know after this step.
    ///
    /// - Parameter stepsDone: counted through the whole run, with the step just taken.
    func predictUnlabelledImages(of data: TrainingData, _ trainingSet: TrainingSet, stepsDone: Int) throws {
        guard let period = method.requirements.unlabelledPredictionPeriod,
            (stepsDone - firstStep).isMultiple(of: period)
        else { return }
        try method.receive(
            teacher.predictions(
                of: trainingSet.unlabelled, in: data, usesAuxiliaryHead: method.requirements.usesAuxiliaryHead))
    }
}
