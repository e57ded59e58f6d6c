import Datasets
import Methods
import NeuralNetworks
import Tensors

extension Recipe {
    /// What learns in a stage, before its first step.
    ///
    /// - Parameter initialCounts: those of the first stage, where labels have been added since.
    func learner(
        for stage: Stage, imageChannels: Int, labelledCounts: [Int], initialCounts: [Int]? = nil, unlabelledCount: Int,
        on backend: any Backend
    ) throws -> any StageLearner {
        var options = learnerOptions(
            imageChannels: imageChannels, labelledCounts: labelledCounts, unlabelledCount: unlabelledCount)
        options.firstStep = stage.firstStep
        options.generation = try generations.map {
            Generation(
                index: stage.round, of: $0.count,
                initialPrior: try ClassPrior(counts: initialCounts ?? labelledCounts))
        }
        func network(_ learning: NetworkInTraining.Learning) throws -> NetworkInTraining {
            try NetworkInTraining(
                options.network, learning: learning, optimizer: optimizer, decay: training.movingAverageDecay,
                seed: UInt64(seed), on: backend)
        }
        switch stage.kind {
        case .classification:
            return try Learner(options, on: backend)
        case .selfSupervised(let pretraining):
            return try SelfSupervisedLearner(
                pretraining, network: options.network, optimizer: optimizer, stage: stage, seed: UInt64(seed),
                on: backend)
        case .metric(let rounds):
            return MetricLearner(try network(.all), rounds, stage: stage, on: backend)
        case .retraining:
            return ClassifierRetrainer(try network(.classifier), stage: stage, on: backend)
        }
    }

    /// What learns in a stage from this set of images.
    func learner(
        for stage: Stage, on data: TrainingData, _ trainingSet: TrainingSet, backend: any Backend
    ) throws -> any StageLearner {
        let classes = data.train.classNames.count
        return try learner(
            for: stage, imageChannels: data.train.channels, labelledCounts: trainingSet.labelCounts(classes: classes),
            initialCounts: data.initialSet.labelCounts(classes: classes),
            unlabelledCount: trainingSet.unlabelled.count, on: backend)
    }

    /// What makes a stage's batches.
    ///
    /// - Throws: `DatasetError.invalid` if the batches cannot be made from these data.
    func producer(
        for stage: Stage, on data: TrainingData, _ trainingSet: TrainingSet
    ) throws -> any BatchProducer {
        switch stage.kind {
        case .classification:
            try producer(for: data, trainingSet, method.composition.requirements)
        case .selfSupervised(let pretraining):
            try pretraining.producer(for: data, trainingSet, viewSide: self.data.viewSide, seed: UInt64(seed))
        case .metric(let rounds):
            try metricProducer(rounds, data, trainingSet)
        case .retraining:
            try balancedProducer(.images(training.labelledBatch), data, trainingSet)
        }
    }

    private func metricProducer(
        _ rounds: RoundsSettings, _ data: TrainingData, _ trainingSet: TrainingSet
    ) throws -> any BatchProducer {
        let groups = try balancedProducer(
            .groups(classes: rounds.classesPerBatch, imagesPerClass: rounds.imagesPerClass), data, trainingSet)
        let unlabelled = rounds.unlabelledBatch(data.train.classNames.count)
        // The rounds before may have left no image without a label.
        guard unlabelled > 0, !trainingSet.unlabelled.isEmpty else { return groups }
        return try UnlabelledViewsBatchProducer(
            after: groups, dataset: data.train, unlabelled: trainingSet.unlabelled, batchSize: unlabelled,
            augmentation: self.data.augmentation, normalization: data.normalization, seed: UInt64(seed))
    }

    private func balancedProducer(
        _ composition: ClassBalancedBatchProducer.Composition, _ data: TrainingData, _ trainingSet: TrainingSet
    ) throws -> any BatchProducer {
        try ClassBalancedBatchProducer(
            dataset: data.train, trainingSet: trainingSet, composition: composition,
            augmentation: self.data.augmentation, viewSide: self.data.viewSide, seed: UInt64(seed))
    }

    /// What learns in the stage that follows: with what it inherits, and after metric learning and between generations with
    /// images that have been given pseudo-labels.
    func cross(
        from learner: any StageLearner, _ stage: Stage, to next: Stage, on data: TrainingData,
        _ trainingSet: TrainingSet, backend: any Backend
    ) throws -> (learner: any StageLearner, trainingSet: TrainingSet) {
        var nextSet = trainingSet
        if case .metric(let rounds) = stage.kind {
            nextSet = try trainingSet.pseudoLabelled(
                by: learner.evaluated, rounds, round: stage.round, on: data, seed: UInt64(seed))
        }
        if let generations, case .classification = next.kind {
            nextSet = try TrainingSet(
                after: learner.evaluated, generations, on: data,
                usesAuxiliaryHead: method.composition.requirements.usesAuxiliaryHead)
        }
        let nextLearner = try self.learner(for: next, on: data, nextSet, backend: backend)
        if let weights = try next.inheritedWeights(from: learner, freshNetwork: nextLearner.student) {
            try nextLearner.start(from: weights)
        } else {
            // What there is to say of them was said when the run began.
            _ = try model.initialWeights?.start(nextLearner)
        }
        return (nextLearner, nextSet)
    }
}

extension Stage {
    /// What its network begins with; nil for its own first values.
    fileprivate func inheritedWeights(
        from learner: any StageLearner, freshNetwork: any ImageClassifier
    ) throws -> [String: HostTensor]? {
        func encoder(of network: any ImageClassifier) throws -> [String: HostTensor] {
            let heads = freshNetwork.heads.parameterNames
            let fresh = try freshNetwork.tensors.stateDictionary().filter { heads.contains($0.key) }
            return try network.tensors.stateDictionary().merging(fresh) { _, fresh in fresh }
        }
        return switch inheritance {
        case .nothing: nil
        case .network: try learner.student.tensors.stateDictionary()
        case .encoder: try encoder(of: learner.student)
        case .averagedEncoder: try encoder(of: learner.evaluated)
        }
    }
}
