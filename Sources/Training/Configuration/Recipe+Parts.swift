import Datasets
import Methods
import NeuralNetworks

extension Recipe {
    /// The network, method and optimizer for images of so many channels, with so many labelled ones of each class.
    func learnerOptions(imageChannels: Int, labelledCounts: [Int], unlabelledCount: Int) -> Learner.Options {
        let requirements = method.composition.requirements
        return Learner.Options(
            network: model.network(
                ClassifierForm(
                    inputChannels: imageChannels, classes: labelledCounts.count,
                    auxiliaryHead: requirements.usesAuxiliaryHead, rotationHead: requirements.usesRotationHead,
                    precision: precision)),
            method: method, labelledCounts: labelledCounts, unlabelledCount: unlabelledCount,
            totalSteps: training.steps, optimizer: optimizer,
            movingAverageDecay: training.movingAverageDecay, seed: UInt64(seed), evaluation: evaluation)
    }

    /// What makes the method's batches.
    ///
    /// - Throws: `DatasetError.invalid` if the batches cannot be made from these data.
    func producer(
        for data: TrainingData, _ trainingSet: TrainingSet, _ requirements: MethodRequirements
    ) throws -> TrainingBatchProducer {
        try TrainingBatchProducer(
            dataset: data.train, trainingSet: trainingSet, normalization: data.normalization,
            options: TrainingBatchProducer.Options(
                labelledBatch: training.labelledBatch, unlabelledBatch: unlabelledBatch(requirements),
                balancedBatch: balancedBatch(requirements),
                weakViews: requirements.weakViews, strongViews: requirements.strongViews,
                augmentation: self.data.augmentation, viewSide: self.data.viewSide, seed: UInt64(seed)))
    }

    /// Images of all views that a step sees.
    func imagesPerStep(_ requirements: MethodRequirements) -> Int {
        training.labelledBatch + requirements.unlabelledViews * unlabelledBatch(requirements)
            + balancedBatch(requirements)
    }

    /// Labelled images of a step beside the ordinary ones, drawn so that all classes are equally frequent.
    func balancedBatch(_ requirements: MethodRequirements) -> Int {
        requirements.usesBalancedBatch ? training.labelledBatch : 0
    }

    /// Unlabelled images of a step.
    func unlabelledBatch(_ requirements: MethodRequirements) -> Int {
        requirements.unlabelledViews > 0 ? training.labelledBatch * training.unlabelledRatio : 0
    }
}

extension ScheduleSettings {
    /// The schedule of a run of `steps` steps.
    func schedule(steps: Int) -> LearningRateSchedule {
        switch name {
        case .constant where warmUpSteps == 0: .constant
        case .constant: .step(milestones: [], factor: 1, warmUpSteps: warmUpSteps)
        case .cosine: .cosine(totalSteps: steps, warmUpSteps: warmUpSteps)
        case .annealing: .annealing(totalSteps: steps, warmUpSteps: warmUpSteps)
        case .milestones:
            // DASO's supervised baseline: 199,999 and 225,000 of 250,000 steps.
            .step(
                milestones: milestones ?? [steps * 8 / 10, steps * 9 / 10], factor: factor, warmUpSteps: warmUpSteps)
        }
    }
}
