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
        try method.receive(predictions(of: trainingSet.unlabelled, in: data))
    }

    /// What the teacher predicts of the training images at `members`, not augmented. Waits.
    func predictions(of members: [Int], in data: TrainingData) throws -> UnlabelledPredictions {
        let predictions = try backend.predictions(
            of: data.train, members: members, normalization: data.normalization
        ) { images in
            try Evaluation.predictions(
                of: teacher, usesAuxiliaryHead: method.requirements.usesAuxiliaryHead, images: images, backend: backend)
        }
        return try UnlabelledPredictions(
            labels: predictions.classes, confidences: predictions.confidences, classes: teacher.classes)
    }
}
