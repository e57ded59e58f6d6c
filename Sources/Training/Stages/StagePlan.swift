/// All stages of a run, one after another, as the recipe alone decides them.
struct StagePlan: Sendable {
    /// At least one.
    let stages: [Stage]

    /// Pre-training, if there is some; then classification once, or in generations, or in rounds of metric learning and
    /// classification; then retraining of the classifier, if it is wished for.
    ///
    /// - Parameter classes: that the images have.
    init(_ recipe: Recipe, classes: Int) {
        var stages: [Stage] = []
        if let pretraining = recipe.pretraining {
            stages.append(Stage(pretraining))
        }
        if let rounds = recipe.rounds {
            for round in 0..<rounds.count {
                stages.append(recipe.metricLearning(rounds, round: round, classes: classes, after: stages))
                stages.append(
                    recipe.classification(
                        "classification \(round + 1)", round: round, learningRateFactor: rounds.learningRateFactor,
                        after: stages))
            }
        } else if let generations = recipe.generations {
            for generation in 0..<generations.count {
                stages.append(recipe.generation(generation, after: stages))
            }
        } else {
            stages.append(recipe.classification("classification", after: stages))
        }
        if let retraining = recipe.retraining {
            stages.append(recipe.retraining(retraining, after: stages))
        }
        self.stages = stages
    }

    /// The first stage.
    var first: Stage { stages[0] }

    /// The steps of the whole run.
    var steps: Int { stages.reduce(0) { $0 + $1.steps } }

    /// Images of all views that the whole run sees.
    var images: Int { stages.reduce(0) { $0 + $1.steps * $1.imagesPerStep } }

    /// The stage that the last of so many steps was taken in; the first one before any step.
    func stage(afterStep step: Int) -> Stage {
        stages.last { $0.firstStep < step } ?? first
    }

    /// The stage that follows; nil after the last.
    func stage(after stage: Stage) -> Stage? {
        stages.indices.contains(stage.index + 1) ? stages[stage.index + 1] : nil
    }
}

extension Stage {
    /// The first stage of a run that has it.
    fileprivate init(_ pretraining: PretrainingSettings) {
        self.init(
            kind: .selfSupervised(pretraining), name: "pretraining", index: 0, round: 0, inheritance: .nothing,
            firstStep: 0,
            steps: pretraining.steps, imagesPerStep: 2 * pretraining.batch,
            baseLearningRate: pretraining.learningRate, schedule: pretraining.schedule)
    }
}

extension Recipe {
    fileprivate func metricLearning(
        _ rounds: RoundsSettings, round: Int, classes: Int, after stages: [Stage]
    ) -> Stage {
        Stage(
            kind: .metric(rounds), name: "metric \(round + 1)", index: stages.count, round: round,
            inheritance: .some(after: stages), firstStep: stages.last?.end ?? 0, steps: rounds.metricSteps,
            imagesPerStep: rounds.labelledBatch(classes) + 2 * rounds.unlabelledBatch(classes),
            baseLearningRate: optimizer.learningRate,
            schedule: optimizer.schedule.schedule(steps: rounds.metricSteps))
    }

    fileprivate func generation(_ generation: Int, after stages: [Stage]) -> Stage {
        classification("generation \(generation + 1)", round: generation, inheritance: .nothing, after: stages)
    }

    fileprivate func classification(
        _ name: String, round: Int = 0, inheritance: Stage.Inheritance? = nil, learningRateFactor: Double = 1,
        after stages: [Stage]
    ) -> Stage {
        Stage(
            kind: .classification, name: name, index: stages.count, round: round,
            inheritance: inheritance ?? .some(after: stages), firstStep: stages.last?.end ?? 0, steps: training.steps,
            imagesPerStep: imagesPerStep(method.composition.requirements),
            baseLearningRate: optimizer.learningRate * learningRateFactor,
            schedule: optimizer.schedule.schedule(steps: training.steps))
    }

    fileprivate func retraining(_ retraining: RetrainingSettings, after stages: [Stage]) -> Stage {
        Stage(
            kind: .retraining, name: "retraining", index: stages.count, round: 0, inheritance: .averagedEncoder,
            firstStep: stages.last?.end ?? 0, steps: retraining.steps, imagesPerStep: training.labelledBatch,
            baseLearningRate: retraining.learningRate, schedule: optimizer.schedule.schedule(steps: retraining.steps))
    }
}

extension Stage.Inheritance {
    /// The network of the last of these stages, as far as it has learned.
    fileprivate static func some(after stages: [Stage]) -> Self {
        switch stages.last?.kind {
        case nil: .nothing
        case .selfSupervised: .encoder
        case .metric, .classification, .retraining: .network
        }
    }
}
