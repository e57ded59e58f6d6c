import CPUBackend
import Datasets
import Foundation
import Methods
import NeuralNetworks
import Tensors
import XCTest

@testable import Training

final class StageTests: XCTestCase {
    private static func pretraining(_ method: String, _ options: String...) -> [String] {
        [
            "pretraining.method=\(method)", "pretraining.steps=2", "pretraining.batch=4",
            "pretraining.learning_rate=0.05", "pretraining.projection_width=8", "training.steps=2",
        ] + options
    }

    private static let rounds = [
        "rounds.count=2", "rounds.metric_steps=2", "rounds.classes_per_batch=4", "rounds.images_per_class=2",
        "rounds.images_per_centre=2", "training.steps=1",
    ]

    private static let generations = ["generations.count=2", "training.steps=2"]

    private static let retraining = ["retraining.steps=2", "training.steps=2"]

    func testTheStagesOfARecipe() throws {
        let runs = try TinyRuns()
        func stages(_ overrides: [String]) throws -> [String] {
            try StagePlan(runs.recipe(overrides: overrides), classes: 10).stages.map {
                "\($0.name) \($0.firstStep)..<\($0.end)"
            }
        }
        XCTAssertEqual(try stages([]), ["classification 0..<4"])
        XCTAssertEqual(try stages(Self.pretraining("simclr")), ["pretraining 0..<2", "classification 2..<4"])
        XCTAssertEqual(
            try stages(Self.rounds),
            ["metric 1 0..<2", "classification 1 2..<3", "metric 2 3..<5", "classification 2 5..<6"])
        XCTAssertEqual(try stages(Self.retraining), ["classification 0..<2", "retraining 2..<4"])
        XCTAssertEqual(
            try stages(Self.rounds + Self.retraining + ["rounds.count=1"]),
            ["metric 1 0..<2", "classification 1 2..<4", "retraining 4..<6"])
        XCTAssertEqual(
            try stages(Self.generations + Self.retraining),
            ["generation 1 0..<2", "generation 2 2..<4", "retraining 4..<6"])
        let plan = try StagePlan(runs.recipe(overrides: Self.rounds), classes: 10)
        XCTAssertEqual((0...6).map { plan.stage(afterStep: $0).index }, [0, 0, 0, 1, 2, 2, 3])
        XCTAssertNil(plan.stage(after: plan.stages[3]))
    }

    func testWhatIsSwitchedOffIsNotPartOfTheRecipe() throws {
        let runs = try TinyRuns()
        let plain = try runs.recipe()
        let off = try runs.recipe(
            overrides: [
                "pretraining.steps=5", "pretraining.method=none", "pretraining.queue_length=3", "rounds.count=0",
                "rounds.metric_steps=3", "retraining.steps=0", "retraining.learning_rate=2", "generations.count=1",
            ])
        XCTAssertEqual(off.canonicalYAML, plain.canonicalYAML)
        for name in ["simclr", "barlow-twins", "simsiam", "byol", "moco"] {
            let recipe = try runs.recipe(overrides: Self.pretraining(name))
            XCTAssertEqual(
                try Recipe(yaml: recipe.canonicalYAML, name: "again").canonicalYAML, recipe.canonicalYAML, name)
        }
    }

    func testWhatDoesNotGoTogetherIsRefused() throws {
        let runs = try TinyRuns()
        let cases = [
            ("fixmatch", Self.rounds, "none are left after the last of rounds"),
            ("supervised", Self.rounds + ["data.labelled_in_unlabelled=true"], "must be false beside rounds"),
            (
                "supervised", Self.retraining + ["evaluation.logit_adjustment=1"],
                "evaluation.logit_adjustment must be 0 beside retraining"
            ),
            ("supervised", Self.retraining + ["retraining.learning_rate=0"], "must be above 0"),
            ("supervised", Self.generations + Self.rounds, "both give labels, choose one"),
            ("supervised", Self.generations + Self.pretraining("simclr"), "must be none beside generations"),
            ("supervised", Self.generations + ["generations.selection_alpha=0"], "must be above 0"),
            ("supervised", Self.pretraining("moco", "pretraining.queue_length=6"), "a multiple of the batch of 4"),
            ("supervised", Self.pretraining("simclr", "pretraining.temperature=0"), "pretraining.temperature is 0.0"),
            ("supervised", Self.pretraining("simclr", "pretraining.momentum=0.9"), "unknown key"),
            ("supervised", Self.pretraining("simclear"), "did you mean \"simclr\"?"),
        ]
        for (method, overrides, problem) in cases {
            XCTAssertThrowsError(try runs.recipe(method, overrides: overrides)) { error in
                XCTAssertTrue(error.localizedDescription.contains(problem), "\(error)")
            }
        }
    }

    func testResumingIsExactBeforeAtAndAfterEveryBoundary() throws {
        let cases = [
            ("supervised", Self.pretraining("simclr"), [1, 2, 3]),
            ("daso", Self.pretraining("barlow-twins"), [2]),
            ("supervised", Self.pretraining("simsiam", "precision=mixed"), [1]),
            ("abc", Self.pretraining("byol", "pretraining.hidden_width=8"), [1]),
            ("supervised", Self.pretraining("moco", "pretraining.queue_length=8"), [1]),
            (
                "supervised", Self.rounds + ["method.loss=logit-adjusted", "rounds.consistency_weight=0.5"],
                [1, 2, 3, 4, 5]
            ),
            ("fixmatch", Self.retraining, [1, 2, 3]),
            ("crest-plus", Self.generations, [1, 2, 3]),
            ("abc", Self.retraining + ["precision=mixed"], [2]),
        ]
        for (method, overrides, stops) in cases {
            let runs = try TinyRuns()
            let recipe = try runs.recipe(method, overrides: overrides + ["training.keep_checkpoints=9"])
            try runs.train(recipe, in: "whole")
            let final = try runs.bytes("whole/final.safetensors")
            for steps in stops {
                // As if the run had been killed right after this checkpoint.
                try runs.copy("whole", to: "\(steps)")
                for later in try RunFolder(runs.path("\(steps)"), resuming: true).checkpointSteps() where later > steps
                {
                    try FileManager.default.removeItem(atPath: runs.path("\(steps)/checkpoint-\(later).safetensors"))
                }
                try FileManager.default.removeItem(atPath: runs.path("\(steps)/final.safetensors"))
                try runs.train(recipe, in: "\(steps)", resuming: true)
                XCTAssertEqual(
                    try runs.bytes("\(steps)/final.safetensors"), final, "\(overrides[0]): resumed after step \(steps)")
            }
        }
    }

    /// The network goes on with what it has learned, the classifier begins anew, and heads stay behind.
    func testPretrainingHandsOverTheNetworkAlone() throws {
        let runs = try TinyRuns()
        let recipe = try runs.recipe(
            overrides: Self.pretraining("simsiam", "optimizer.learning_rate=1e-30", "optimizer.weight_decay=0"))
        try runs.train(recipe, in: "run")
        let before = try Checkpoint(contentsOf: runs.path("run/checkpoint-2.safetensors")).state
        let after = try Checkpoint(contentsOf: runs.path("run/final.safetensors")).state
        let untrained = try runs.recipe(overrides: ["optimizer.learning_rate=1e-30", "optimizer.weight_decay=0"])
        try runs.train(untrained, in: "untrained", stoppingAfter: 1)
        let first = try Checkpoint(contentsOf: runs.path("untrained/checkpoint-1.safetensors")).state
        XCTAssertTrue(before.keys.contains("projection.0.weight"))
        XCTAssertFalse(after.keys.contains { $0.hasPrefix("projection") || $0.hasPrefix("prediction") })
        XCTAssertEqual(after["model.conv1.weight"], before["model.conv1.weight"])
        XCTAssertNotEqual(after["model.conv1.weight"], first["model.conv1.weight"])
        XCTAssertEqual(after["model.classifier.weight"], first["model.classifier.weight"])
    }

    /// The moving average's encoder stays to the last bit, and a new classifier learns.
    func testRetrainingMovesTheClassifierAlone() throws {
        let runs = try TinyRuns()
        func states(_ overrides: [String], in name: String) throws -> (
            before: [String: HostTensor], after: [String: HostTensor]
        ) {
            try runs.train(runs.recipe(overrides: Self.retraining + overrides), in: name)
            return (
                try Checkpoint(contentsOf: runs.path("\(name)/checkpoint-2.safetensors")).state,
                try Checkpoint(contentsOf: runs.path("\(name)/final.safetensors")).state
            )
        }
        let (before, after) = try states([], in: "run")
        let frozen = before.part("ema.").filter { !$0.key.hasPrefix("classifier.") }
        XCTAssertGreaterThan(frozen.count, 10)
        for (name, tensor) in frozen {
            XCTAssertEqual(after["model.\(name)"], tensor, name)
            XCTAssertEqual(after["ema.\(name)"], tensor, name)
        }
        for (name, velocity) in after.part("optimizer.velocity/") {
            XCTAssertEqual(velocity.floats.contains { $0 != 0 }, name.hasPrefix("classifier."), name)
        }

        let (_, barelyMoved) = try states(["retraining.learning_rate=1e-30", "optimizer.weight_decay=0"], in: "barely")
        let fresh = try WideResNet(
            WideResNetConfiguration(depth: 10, width: 1, form: ClassifierForm(inputChannels: 1, classes: 10)), seed: 1,
            on: CPUBackend()
        ).tensors.stateDictionary()
        XCTAssertEqual(barelyMoved["model.classifier.weight"], fresh["classifier.weight"])
        XCTAssertNotEqual(after["model.classifier.weight"], fresh["classifier.weight"])
    }

    /// Each begins with the run's first values and the labels of the beginning, and gets those that CReST selects.
    func testAGenerationTakesOverLabelsAlone() throws {
        let runs = try TinyRuns()
        let standingStill = ["optimizer.learning_rate=1e-30", "optimizer.weight_decay=0"]
        let recipe = try runs.recipe(
            "crest-plus",
            overrides: Self.generations + standingStill + ["generations.count=3", "training.keep_checkpoints=9"])
        var stages: [StageStart] = []
        try runs.train(recipe, in: "run") { if case .stageStarted(let stage) = $0 { stages.append(stage) } }
        let data = try recipe.data.load(seed: 1)
        let states = try [2, 4, 6].map { try Checkpoint(contentsOf: runs.path("run/checkpoint-\($0).safetensors")) }
        for name in ["model.conv1.weight", "model.classifier.weight", "ema.conv1.weight"] {
            XCTAssertEqual(states[1].state[name], states[0].state[name], name)
        }

        let first = data.initialSet
        XCTAssertEqual(try states[0].trainingSet(of: data), first)
        let learner = try recipe.learner(
            for: StagePlan(recipe, classes: 10).first, on: data, first, backend: CPUBackend())
        try learner.restore(states[0].state)
        let predicted = try learner.evaluated
            .predictions(of: first.unlabelled, in: data, usesAuxiliaryHead: false)
        let selection = try CReSTSelection(
            predicted, prior: ClassPrior(counts: first.labelCounts(classes: 10)), alpha: 3)
        XCTAssertGreaterThan(selection.counts.reduce(0, +), 0)
        let second = try states[1].trainingSet(of: data)
        XCTAssertEqual(second.unlabelled, first.unlabelled)
        XCTAssertEqual(Array(second.labelled.prefix(first.labelled.count)), first.labelled)
        XCTAssertEqual(
            second.labelCounts(classes: 10), zip(first.labelCounts(classes: 10), selection.counts).map { $0 + $1 })
        let added = zip(second.labelled, second.labels).dropFirst(first.labelled.count)
        for (image, label) in added {
            let position = try XCTUnwrap(first.unlabelled.firstIndex(of: image))
            XCTAssertEqual(Int(selection.labels[position]), label)
        }
        XCTAssertEqual(stages.map(\.name), ["generation 1", "generation 2", "generation 3"])
        XCTAssertEqual(stages.map(\.unlabelledCount), Array(repeating: first.unlabelled.count, count: 3))
        XCTAssertNil(stages[0].pseudoLabelPrecision)
        XCTAssertNotNil(stages[1].pseudoLabelPrecision)
    }

    func testRoundsGiveEveryImageALabelAndTheCheckpointSaysWhich() throws {
        let runs = try TinyRuns()
        let recipe = try runs.recipe(overrides: Self.rounds)
        var stages: [StageStart] = []
        var evaluations: [EvaluationReport] = []
        try runs.train(recipe, in: "run") { event in
            if case .stageStarted(let stage) = event { stages.append(stage) }
            if case .evaluated(let report) = event { evaluations.append(report) }
        }
        let data = try recipe.data.load(seed: 1)
        let (labelled, unlabelled) = (data.split.labelled.count, data.split.unlabelled.count)
        XCTAssertEqual(stages.map(\.step), [1, 3, 4, 6])
        // At the end of each stage, and every 4 steps.
        XCTAssertEqual(evaluations.map(\.step), [2, 3, 4, 5, 6])
        XCTAssertEqual(stages.map { $0.labelCounts.reduce(0, +) + $0.unlabelledCount }.min(), labelled + unlabelled)
        XCTAssertEqual(stages.map { $0.labelCounts.reduce(0, +) + $0.unlabelledCount }.max(), labelled + unlabelled)
        XCTAssertEqual(stages[0].unlabelledCount, unlabelled)
        XCTAssertLessThan(stages[1].unlabelledCount, unlabelled)
        XCTAssertEqual(stages[3].unlabelledCount, 0)
        XCTAssertNil(stages[0].pseudoLabelPrecision)
        XCTAssertNotNil(stages[3].pseudoLabelPrecision)

        let final = try Checkpoint(contentsOf: runs.path("run/final.safetensors"))
        let set = try final.trainingSet(of: data)
        XCTAssertEqual(Array(set.labelled.prefix(labelled)), data.split.labelled)
        XCTAssertEqual(Set(set.labelled), Set(data.split.labelled + data.split.unlabelled))
        XCTAssertTrue(set.unlabelled.isEmpty)
        let root = "data.root=\(runs.path("data"))"
        let evaluation = try CheckpointEvaluation(
            of: runs.path("run/final.safetensors"), recipe: nil, overrides: [root]
        ) { CPUBackend() }
        XCTAssertEqual(evaluation.evaluation.metrics.balancedAccuracy, evaluations.last?.metrics.balancedAccuracy)
    }

    func testACheckpointOfAnEarlierStageIsEvaluatedByNearestClassMeans() throws {
        let runs = try TinyRuns()
        let recipe = try runs.recipe(overrides: Self.pretraining("simclr"))
        var accuracies: [Int: Double] = [:]
        try runs.train(recipe, in: "run") { event in
            if case .evaluated(let report) = event { accuracies[report.step] = report.metrics.balancedAccuracy }
        }
        let evaluation = try CheckpointEvaluation(
            of: runs.path("run/checkpoint-2.safetensors"), recipe: nil, overrides: ["data.root=\(runs.path("data"))"]
        ) { CPUBackend() }
        XCTAssertEqual(evaluation.evaluation.metrics.balancedAccuracy, accuracies[2])
        XCTAssertEqual(accuracies.keys.sorted(), [2, 4])
    }

    func testARehearsalMeetsEveryKindOfStage() throws {
        let runs = try TinyRuns()
        let recipe = try runs.recipe(
            overrides: Self.pretraining("simclr") + Self.rounds + Self.retraining + ["rounds.consistency_weight=1"])
        XCTAssertNoThrow(try Rehearsal.perform(recipe, on: CPUBackend()))
    }

    func testDamagedTrainingSetsAreErrors() throws {
        let runs = try TinyRuns()
        let recipe = try runs.recipe(overrides: Self.rounds)
        let data = try recipe.data.load(seed: 1)
        var set = data.initialSet
        for change in [{ set.labels[0] = 10 }, { set.labelled[0] = -1 }, { set.unlabelled[0] = data.train.count }] {
            set = data.initialSet
            change()
            XCTAssertThrowsError(try TrainingSet(state: set.state(), of: data.train)) {
                XCTAssertTrue($0 is DatasetError)
            }
        }
        XCTAssertNil(try TrainingSet(state: [:], of: data.train))
        XCTAssertEqual(try TrainingSet(state: data.initialSet.state(), of: data.train), data.initialSet)
    }
}
