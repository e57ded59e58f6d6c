import Datasets
import Methods

extension Learner {
    /// Tells the method what the teacher predicts of all unlabelled images, one by one or in the mean, if it wants to know
    /// after this step.
    ///
    /// - Parameter stepsDone: counted through the whole run, with the step just taken.
    func predictUnlabelledImages(of data: TrainingData, _ trainingSet: TrainingSet, stepsDone: Int) throws {
        let requirements = method.requirements
        if let period = requirements.unlabelledPredictionPeriod, (stepsDone - firstStep).isMultiple(of: period) {
            try method.receive(
                teacher.predictions(
                    of: trainingSet.unlabelled, in: data, usesAuxiliaryHead: requirements.usesAuxiliaryHead))
        }
        if requirements.meanPredictions?.includes(stepsDone - firstStep) == true {
            try method.receive(meanPredictions(of: trainingSet.unlabelled, in: data))
        }
    }

    private func meanPredictions(of unlabelled: [Int], in data: TrainingData) throws -> MeanPredictions {
        let usesAuxiliaryHead = method.requirements.usesAuxiliaryHead
        let validation = data.split.validation
        return try MeanPredictions(
            ofClasses: teacher.meanProbabilities(
                of: validation, groups: validation.map { data.train.labels[$0] }, groupCount: teacher.classes, in: data,
                usesAuxiliaryHead: usesAuxiliaryHead),
            ofUnlabelled: teacher.meanProbabilities(
                of: unlabelled, groups: unlabelled.map { _ in 0 }, groupCount: 1, in: data,
                usesAuxiliaryHead: usesAuxiliaryHead)[0])
    }
}
