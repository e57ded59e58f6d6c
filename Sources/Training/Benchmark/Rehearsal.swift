import NeuralNetworks
import Tensors

/// What a run of a recipe asks of a device, once and on random images: a training step, and a whole batch of an
/// evaluation. No data files are read. A backend has then met every problem on which the run spends its time.
public enum Rehearsal {
    /// Rehearses a recipe.
    ///
    /// - Throws: what the backend throws.
    public static func perform(_ recipe: Recipe, on backend: any Backend) throws {
        let size = recipe.data.set.imageSize
        let classes = recipe.data.set.classes
        let learner = try Learner(
            recipe.learnerOptions(
                imageChannels: size.channels, labelledCounts: [Int](repeating: 1, count: classes),
                unlabelledCount: recipe.training.labelledBatch * recipe.training.unlabelledRatio), on: backend)
        func images(_ count: Int) throws -> Tensor {
            try backend.randomNormal(
                Shape([count, size.height, size.width, size.channels]),
                stream: RandomStream(seed: 0, purpose: .testing))
        }
        let labels = (0..<recipe.training.labelledBatch).map { Int32($0 % classes) }
        let outputs = try learner.step(
            0,
            Learner.Batch(
                images: images(recipe.imagesPerStep(learner.method.requirements)), labels: labels,
                unlabelled: recipe.unlabelledBatch(learner.method.requirements)),
            learningRate: recipe.optimizer.learningRate)
        _ = try backend.read(outputs.total.value)
        _ = try Evaluation.predictions(
            of: learner.teacher, usesAuxiliaryHead: learner.method.requirements.usesAuxiliaryHead,
            images: images(Evaluation.batchSize), backend: backend)
        try backend.synchronize()
    }
}
