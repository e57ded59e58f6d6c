import Datasets
import Foundation
import Methods
import NeuralNetworks
import TensorFiles
import Tensors

/// One training run in its folder: from the recipe to `summary.json`.
public final class TrainingRun {
    /// How a run ended.
    public enum Outcome: Sendable {
        /// All steps are done.
        case finished(Summary)
        /// It was asked to stop, and can go on after `step`.
        case interrupted(step: Int)
    }

    private var folder: RunFolder
    private let recipe: Recipe
    private let data: TrainingData
    private let backend: any Backend
    private let plan: StagePlan
    private var stage: Stage
    private var learner: any StageLearner
    private var trainingSet: TrainingSet
    private var record: StepRecord
    private let isResumed: Bool
    private var step = 0
    private var history = EvaluationHistory()
    private var latestEvaluation: Evaluation?
    /// Those of the newest step.
    private var latestOutputs: StepOutputs?
    /// The pseudo-labels since the last evaluation.
    private var tally: PseudoLabelTally
    private var warnings: [String] = []

    /// Checks the folder, reads the data, asks for the backend, builds the networks and makes the folder, in this order:
    /// no device is woken for a mistake that can be seen without it, and no mistake leaves a folder behind.
    ///
    /// - Parameters:
    ///   - resuming: go on from the newest whole checkpoint in the folder; from the beginning if there is none.
    ///   - makeBackend: where to compute; called once, after what needs no device has been checked.
    /// - Throws: `DatasetError`, `NetworkError`, `TrainingError`, `FileError`, and what the backend throws.
    public init(
        _ recipe: Recipe, folder path: String, resuming: Bool, on makeBackend: () throws -> any Backend
    ) throws {
        self.recipe = recipe
        isResumed = resuming
        folder = try RunFolder(path, resuming: resuming)
        data = try recipe.data.load(seed: recipe.seed)
        let split = try JSONEncoder.sortedLines.encode(data.split)
        try Self.requireSameRun(in: folder, recipe: recipe, split: split)
        backend = try makeBackend()
        plan = StagePlan(recipe, classes: data.train.classNames.count)
        stage = plan.first
        trainingSet = data.initialSet
        learner = try recipe.learner(for: stage, on: data, trainingSet, backend: backend)
        // What cannot be made later is better refused now.
        for stage in plan.stages { _ = try recipe.producer(for: stage, on: data, trainingSet) }
        tally = PseudoLabelTally(classes: data.split.labelledCounts.count)
        record = StepRecord(capacity: recipe.training.logEvery, on: backend)
        warnings = data.warnings
        if resuming { try restoreNewestCheckpoint() }
        if step == 0 { warnings += [try recipe.model.initialWeights?.start(learner)].compactMap { $0 } }
        try folder.open()
        // Before the others: whoever resumes a folder that holds a run trusts that this file is there if it ever was.
        if let tuning = backend.tuningRecord, !FileManager.default.fileExists(atPath: folder.tuningPath) {
            try AtomicFile.write(Data(tuning.utf8), to: folder.tuningPath)
        }
        try AtomicFile.write(Data(recipe.canonicalYAML.utf8), to: folder.recipePath)
        try AtomicFile.write(split, to: folder.splitPath)
    }

    /// Trains to the end, or until asked to stop.
    ///
    /// - Parameters:
    ///   - shouldStop: asked after every step.
    ///   - report: told of everything that happens.
    public func run(shouldStop: () -> Bool, report: (TrainingEvent) -> Void) throws -> Outcome {
        let log = try EventLog(path: folder.logPath, continuingAfter: step)
        func tell(_ event: TrainingEvent) throws {
            try log.append(event)
            report(event)
        }
        for warning in warnings { try tell(.warning(warning)) }
        try tell(.started(startReport))

        let settings = recipe.training
        var pipeline = try pipeline()
        var clock = RunClock(continuing: log.clocks)
        while step < plan.steps {
            if step == stage.end, let next = plan.stage(after: stage) {
                try cross(to: next)
                pipeline = try self.pipeline()
                clock.restartStepClock()
            }
            if step == stage.firstStep, plan.stages.count > 1 { try tell(.stageStarted(stageReport)) }
            try trainStep(try pipeline.next())
            let isLast = step == plan.steps
            let mustEvaluate = step == stage.end || step.isMultiple(of: settings.evaluateEvery)
            let mustStop = !isLast && shouldStop()
            let mustSave = step == stage.end || mustStop || step.isMultiple(of: settings.checkpointEvery)

            if mustEvaluate || mustSave || record.isFull, let report = try drainRecord(&clock) {
                try tell(.progress(report))
            }
            if mustEvaluate {
                try tell(.evaluated(try evaluate()))
                tally = PseudoLabelTally(classes: data.split.labelledCounts.count)
            }
            if mustSave {
                try tell(.savedCheckpoint(step: step, path: try saveCheckpoint()))
            }
            if mustEvaluate || mustSave { clock.restartStepClock() }
            if mustStop { return .interrupted(step: step) }
        }
        return .finished(try finish(clock))
    }

    // MARK: - A step, and what follows some of them

    private func trainStep(_ batch: TrainingBatch) throws {
        let images = try data.trainImages.views(batch.views, on: backend)
        let outputs = try learner.step(
            step, Learner.Batch(batch, images: images), learningRate: stage.learningRate(step: step))
        try record.append(outputs, hiddenLabels: batch.hiddenLabels)
        latestOutputs = outputs
        step += 1
        try learner.predictUnlabelledImages(of: data, trainingSet, stepsDone: step)
    }

    private func pipeline() throws -> BatchPipeline {
        BatchPipeline(try recipe.producer(for: stage, on: data, trainingSet), from: step)
    }

    /// Goes over to the next stage. A checkpoint between two stages is the first one's: going over depends on nothing else,
    /// and is done again when a run is resumed there.
    private func cross(to next: Stage) throws {
        (learner, trainingSet) = try recipe.cross(
            from: learner, stage, to: next, on: data, trainingSet, backend: backend)
        stage = next
        record = StepRecord(capacity: recipe.training.logEvery, on: backend)
        history = EvaluationHistory()
        latestOutputs = nil
    }

    private func drainRecord(_ clock: inout RunClock) throws -> ProgressReport? {
        guard let means = try record.drain(stepsDone: step) else { return nil }
        if let (labels, mask, hiddenLabels) = means.pseudoLabels {
            tally.add(labels: labels, mask: mask, hiddenLabels: hiddenLabels)
        }
        let stepsPerSecond = Double(means.steps) / max(clock.takeStepSeconds(), 1e-9)
        return ProgressReport(
            step: step, losses: means.losses, learningRate: stage.learningRate(step: step - 1),
            pseudoLabelRate: means.pseudoLabelRate, pseudoLabelPrecision: means.pseudoLabelPrecision,
            stepsPerSecond: stepsPerSecond,
            imagesPerSecond: stepsPerSecond * Double(stage.imagesPerStep),
            stepSeconds: clock.stepSeconds, seconds: clock.seconds)
    }

    private func evaluate() throws -> EvaluationReport {
        let evaluation = try evaluation()
        history.append(evaluation.metrics.balancedAccuracy)
        latestEvaluation = evaluation
        return EvaluationReport(
            step: step, metrics: evaluation.metrics, expectedCalibrationError: evaluation.calibration.expectedError,
            maximumCalibrationError: evaluation.calibration.maximumError, pseudoLabels: tally.report,
            estimates: try latestOutputs.flatMap {
                try MethodEstimates($0, hiddenCounts: data.split.hiddenCounts, on: backend)
            },
            logitAdjustment: evaluation.logitAdjustment)
    }

    private func evaluation() throws -> Evaluation {
        try learner.evaluation(on: data, trainingSet)
    }

    private func saveCheckpoint() throws -> String {
        let path = folder.checkpointPath(step: step)
        try AtomicFile.write(try checkpoint().encoded(), to: path)
        folder.removeCheckpoints(keeping: recipe.training.keepCheckpoints, upTo: step)
        return path
    }

    private func checkpoint() throws -> Checkpoint {
        var state = try learner.state()
        if trainingSet != data.initialSet { state.add(try trainingSet.state(), StatePrefix.trainingSet) }
        return Checkpoint(step: step, recipe: recipe, history: history, state: state)
    }

    private func finish(_ clock: RunClock) throws -> Summary {
        // A run that is resumed after its last step has evaluated nothing yet; the history already holds the result.
        let last = try latestEvaluation ?? evaluation()
        try AtomicFile.write(try checkpoint().encoded(), to: folder.finalPath)
        let images = Double(plan.images)
        let summary = Summary(
            recipe: recipe.name, seed: recipe.seed, device: deviceName, steps: step, seconds: clock.seconds,
            imagesPerSecond: clock.stepSeconds > 0 ? images / clock.stepSeconds : 0, evaluation: last,
            classNames: data.test.classNames, labelledCounts: data.split.labelledCounts,
            medianBalancedAccuracy: history.medianOfLast(20) ?? last.metrics.balancedAccuracy,
            evaluations: history.values.count)
        try summary.write(to: folder.summaryPath)
        return summary
    }

    // MARK: - Starting

    private var deviceName: String { "\(backend.device.identifier) \(backend.device.name)" }

    private var startReport: RunStart {
        RunStart(
            step: step, steps: plan.steps, recipe: recipe.name, seed: recipe.seed, device: deviceName,
            labelledCounts: data.split.labelledCounts, unlabelledCounts: data.split.unlabelledCounts,
            unlabelledCount: data.split.unlabelled.count, mislabelledCount: data.mislabelledCount,
            parameters: learner.student.parameters.parameterCount,
            isResumed: isResumed)
    }

    private var stageReport: StageStart {
        let pseudoLabelled = trainingSet.labelled.indices.dropFirst(data.initialSet.labelled.count).filter {
            data.train.labels[trainingSet.labelled[$0]] != ImageDataset.unknownLabel
        }
        let right = pseudoLabelled.count { trainingSet.labels[$0] == data.train.labels[trainingSet.labelled[$0]] }
        return StageStart(
            step: step + 1, name: stage.name, steps: stage.steps,
            labelCounts: trainingSet.labelCounts(classes: data.train.classNames.count),
            unlabelledCount: trainingSet.unlabelled.count,
            pseudoLabelPrecision: pseudoLabelled.isEmpty ? nil : Double(right) / Double(pseudoLabelled.count))
    }

    private static let adviceForOtherRecipe =
        "choose another --output, or give the recipe, --set and --seed of that run"

    /// Checks that a run found in the folder has this recipe and this split. What cannot be read is an error: it would be
    /// written over.
    private static func requireSameRun(in folder: RunFolder, recipe: Recipe, split: Data) throws {
        if let yaml = try RecipeText.yaml(ofFile: folder.recipePath) {
            let found = try Recipe(yaml: yaml, name: folder.recipePath)
            try TrainingError.requireSame(
                found.entries, as: recipe.entries, path: folder.path, advice: adviceForOtherRecipe)
        }
        if let found = try Data(ifPresentAt: folder.splitPath), found != split {
            throw TrainingError.otherData(folder: folder.path)
        }
    }

    /// Goes on from the newest checkpoint that is whole; those that are not are passed over with a warning, and set aside.
    private func restoreNewestCheckpoint() throws {
        let (newest, damaged) = newestWholeCheckpoint()
        if let (checkpoint, path) = newest {
            try TrainingError.requireSame(
                checkpoint.recipe.entries, as: recipe.entries, path: path, advice: Self.adviceForOtherRecipe)
            trainingSet = try checkpoint.trainingSet(of: data)
            stage = plan.stage(afterStep: checkpoint.step)
            learner = try recipe.learner(for: stage, on: data, trainingSet, backend: backend)
            try learner.restore(checkpoint.state)
            step = checkpoint.step
            history = checkpoint.history
        }
        // Not before it is clear that the folder holds this run.
        for (step, problem) in damaged {
            let path = try folder.setAsideCheckpoint(step: step)
            warnings.append("\(problem); it is passed over, and kept as \(path)")
        }
        if newest == nil { warnings.append("\(folder.path) holds no whole checkpoint; training starts at step 0") }
    }

    /// The newest checkpoint that is whole, and what is wrong with those of later steps.
    private func newestWholeCheckpoint() -> (
        newest: (checkpoint: Checkpoint, path: String)?, damaged: [(step: Int, problem: String)]
    ) {
        var damaged: [(step: Int, problem: String)] = []
        for step in folder.checkpointSteps() {
            let path = folder.checkpointPath(step: step)
            do {
                return ((try Checkpoint(contentsOf: path), path), damaged)
            } catch {
                damaged.append((step, error.localizedDescription))
            }
        }
        return (nil, damaged)
    }
}
