import Datasets
import Methods
import NeuralNetworks

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

extension WideResNet {
    /// What it predicts of the training images at `members`, not augmented, in inference mode. Waits.
    func predictions(
        of members: [Int], in data: TrainingData, usesAuxiliaryHead: Bool
    ) throws -> UnlabelledPredictions {
        let backend = parameters.backend
        let predictions = try backend.predictions(
            of: data.train, members: members, normalization: data.normalization
        ) { images in
            try Evaluation.predictions(
                of: self, usesAuxiliaryHead: usesAuxiliaryHead, images: images, backend: backend)
        }
        return try UnlabelledPredictions(
            labels: predictions.classes, confidences: predictions.confidences, classes: classes)
    }
}
