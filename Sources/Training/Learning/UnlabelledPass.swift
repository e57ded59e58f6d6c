import Datasets
import Methods
import Tensors

extension Learner {
    /// Tells the method what the teacher predicts of all unlabelled images, if it wants to know after this step.
    ///
    /// - Parameter stepsDone: counted through the whole run, with the step just taken.
    func predictUnlabelledImages(of data: TrainingData, _ trainingSet: TrainingSet, stepsDone: Int) throws {
        guard let period = method.requirements.unlabelledPredictionPeriod, stepsDone.isMultiple(of: period) else {
            return
        }
        let batches = try EvaluationBatches(
            data.train, members: trainingSet.unlabelled, batchSize: Evaluation.batchSize,
            normalization: data.normalization)
        var labels: [Int32] = []
        var confidences: [Float] = []
        for batch in batches {
            let images = try backend.makeTensor(
                Shape([batch.labels.count, data.train.height, data.train.width, data.train.channels]), .float32)
            try batch.images.withUnsafeBytes { try backend.write($0, into: images) }
            let predicted = try Evaluation.predictions(
                of: teacher, usesAuxiliaryHead: method.requirements.usesAuxiliaryHead, images: images, backend: backend)
            labels += try backend.read(predicted.classes).integers()
            confidences += try backend.read(predicted.confidences).floats
        }
        try method.receive(
            UnlabelledPredictions(labels: labels, confidences: confidences, classes: data.split.labelledCounts.count))
    }
}
