import NeuralNetworks
import Tensors

/// What a run of a recipe asks of a device, once and on random images: a training step, and a whole batch of an
/// evaluation. Of data files at most a header is read. A backend has then met every problem on which the run spends its time.
public enum Rehearsal {
    /// Rehearses a recipe.
    ///
    /// - Throws: what the backend throws; `DatasetError` if the images are imported ones that cannot be looked at.
    public static func perform(_ recipe: Recipe, on backend: any Backend) throws {
        let form = try recipe.data.source.form()
        let side = recipe.data.viewSide
        func images(_ count: Int) throws -> Tensor {
            try backend.randomNormal(
                Shape([count, side ?? form.height, side ?? form.width, form.channels]),
                stream: RandomStream(seed: 0, purpose: .testing))
        }
        // Rounds repeat what the first has shown.
        for stage in StagePlan(recipe, classes: form.classNames.count).stages where stage.round == 0 {
            let learner = try rehearse(
                stage, of: recipe, images: images(stage.imagesPerStep), classes: form.classNames.count, on: backend)
            _ = try backend.mostProbableClasses(
                of: learner.student.inferredLogits(
                    of: images(Evaluation.batchSize),
                    usesAuxiliaryHead: recipe.method.composition.requirements.usesAuxiliaryHead, on: backend))
        }
        try backend.synchronize()
    }

    /// One step of a stage.
    private static func rehearse(
        _ stage: Stage, of recipe: Recipe, images: Tensor, classes: Int, on backend: any Backend
    ) throws -> any StageLearner {
        let learner = try recipe.learner(
            for: stage, imageChannels: images.shape[3], labelledCounts: [Int](repeating: 1, count: classes),
            unlabelledCount: recipe.training.labelledBatch * recipe.training.unlabelledRatio, on: backend)
        let (labels, unlabelled): ([Int], Int) =
            switch stage.kind {
            case .selfSupervised: ([], 0)
            case .retraining: (Array(0..<recipe.training.labelledBatch), 0)
            case .metric(let rounds):
                (
                    (0..<rounds.labelledBatch(classes)).map { $0 / rounds.imagesPerClass },
                    rounds.unlabelledBatch(classes)
                )
            case .classification:
                (
                    Array(0..<recipe.training.labelledBatch),
                    recipe.unlabelledBatch(recipe.method.composition.requirements)
                )
            }
        let outputs = try learner.step(
            stage.firstStep,
            Learner.Batch(images: images, labels: labels.map { Int32($0 % classes) }, unlabelled: unlabelled),
            learningRate: stage.baseLearningRate)
        _ = try backend.read(outputs.total.value)
        return learner
    }
}
