import CPUBackend
import Foundation
import TensorFiles
import XCTest

@testable import Training

final class TrainingRunTests: XCTestCase {
    func testLossFallsAndEverythingIsWritten() throws {
        let runs = try TinyRuns()
        let recipe = try runs.recipe(
            overrides: [
                "training.steps=9", "training.log_every=1", "training.evaluate_every=9", "training.labelled_batch=8",
                "training.keep_checkpoints=2", "optimizer.learning_rate=0.1",
            ])
        var losses: [Double] = []
        var notes: [String] = []
        let outcome = try runs.train(recipe, in: "run") { event in
            if case .progress(let report) = event { losses.append(report.losses["total"] ?? .nan) }
            if case .warning(let text) = event { notes.append(text) }
        }
        guard case .finished(let summary) = outcome else { return XCTFail("the run did not finish") }
        XCTAssertEqual(losses.count, 9)
        XCTAssertLessThan(losses.suffix(3).reduce(0, +), 0.8 * losses.prefix(3).reduce(0, +))
        XCTAssertEqual(notes, [])
        XCTAssertEqual(summary.steps, 9)
        XCTAssertEqual(
            try runs.files(in: "run"),
            [
                "recipe.yaml", "split.json", "log.jsonl", "summary.json", "final.safetensors",
                "checkpoint-8.safetensors", "checkpoint-9.safetensors",
            ])
        XCTAssertEqual(try runs.bytes("run/final.safetensors"), try runs.bytes("run/checkpoint-9.safetensors"))

        let json = try XCTUnwrap(
            try JSONSerialization.jsonObject(with: runs.bytes("run/summary.json")) as? [String: Any])
        for key in ["balanced_accuracy", "accuracy", "seconds", "images_per_second"] {
            XCTAssertNotNil(json[key] as? Double, key)
        }
        XCTAssertEqual((json["per_class_recall"] as? [Double])?.count, 10)
        XCTAssertEqual(json["steps"] as? Int, 9)
        XCTAssertEqual(json["seed"] as? Int, 1)
        XCTAssertEqual(json["recipe"] as? String, "tiny")
        XCTAssertEqual((json["device"] as? String)?.hasPrefix("cpu "), true)
    }

    /// The same batches in the same order: what halves lose must stay below what another seed changes.
    func testMixedPrecisionLearnsAsSinglePrecisionDoes() throws {
        func meanLosses(_ overrides: String...) throws -> [Double] {
            let runs = try TinyRuns()
            var losses: [Double] = []
            let recipe = try runs.recipe(
                overrides: [
                    "training.steps=12", "training.log_every=6", "training.evaluate_every=12",
                    "training.checkpoint_every=12", "training.labelled_batch=8", "optimizer.learning_rate=0.1",
                ] + overrides)
            try runs.train(recipe, in: "run") { event in
                if case .progress(let report) = event { losses.append(report.losses["total"] ?? .nan) }
            }
            return losses
        }
        let single = try meanLosses("precision=single")
        let mixed = try meanLosses("precision=mixed")
        let otherSeed = try meanLosses("seed=2")
        XCTAssertEqual([single.count, mixed.count, otherSeed.count], [2, 2, 2])
        XCTAssertLessThan(mixed[1], 0.7 * mixed[0])
        for part in 0..<2 {
            XCTAssertNotEqual(mixed[part], single[part])
            XCTAssertLessThan(abs(mixed[part] - single[part]), abs(otherSeed[part] - single[part]))
        }
    }

    func testTwiceTheSameBytesAndResumingIsExact() throws {
        // After one step DASO has used no prototype yet; after three its queues and distribution matter.
        let cases = [
            ("daso", [1, 3], []), ("fixmatch", [2], []), ("daso", [3], ["precision=mixed"]),
            ("supervised", [2], ["optimizer.name=adam", "optimizer.decoupled_weight_decay=true"]),
        ]
        for (method, stops, overrides) in cases {
            let runs = try TinyRuns()
            let recipe = try runs.recipe(method, overrides: overrides)
            try runs.train(recipe, in: "whole")
            for steps in stops {
                let name = "stopped-\(steps)"
                guard case .interrupted(steps) = try runs.train(recipe, in: name, stoppingAfter: steps) else {
                    return XCTFail("\(method): the run was not interrupted after step \(steps)")
                }
                XCTAssertFalse(try runs.files(in: name).contains("final.safetensors"))
                try runs.train(recipe, in: name, resuming: true)
                XCTAssertEqual(
                    try runs.bytes("\(name)/final.safetensors"), try runs.bytes("whole/final.safetensors"),
                    "\(method): resumed after step \(steps)")
            }
        }
    }

    /// What every method has kept after three of four steps is what its last step needs.
    func testResumingIsExactForEveryMethod() throws {
        for method in TinyRuns.methods.keys.sorted() {
            let runs = try TinyRuns()
            let recipe = try runs.recipe(method)
            try runs.train(recipe, in: "run")
            let final = try runs.bytes("run/final.safetensors")
            for later in ["checkpoint-4.safetensors", "final.safetensors"] {
                try FileManager.default.removeItem(atPath: runs.path("run/\(later)"))
            }
            var firstStep: Int?
            try runs.train(recipe, in: "run", resuming: true) { event in
                if case .started(let start) = event { firstStep = start.step }
            }
            XCTAssertEqual(firstStep, 3, method)
            XCTAssertEqual(try runs.bytes("run/final.safetensors"), final, method)
        }
    }

    func testDamagedNewestCheckpointIsPassedOver() throws {
        let runs = try TinyRuns()
        let recipe = try runs.recipe()
        try runs.train(recipe, in: "run")
        let final = try runs.bytes("run/final.safetensors")
        for (name, damaged) in [
            ("cut", final.dropLast(9)), ("empty", Data()), ("noise", Data(repeating: 7, count: 99)),
        ] {
            try runs.copy("run", to: name)
            try damaged.write(to: URL(fileURLWithPath: runs.path("\(name)/checkpoint-4.safetensors")))
            var notes: [String] = []
            var firstStep: Int?
            try runs.train(recipe, in: name, resuming: true) { event in
                if case .warning(let text) = event { notes.append(text) }
                if case .started(let start) = event { firstStep = start.step }
            }
            XCTAssertEqual(firstStep, 3)
            XCTAssertEqual(notes.count, 1)
            XCTAssertTrue(notes[0].contains("checkpoint-4.safetensors"), notes[0])
            XCTAssertEqual(try runs.bytes("\(name)/checkpoint-4.safetensors.damaged"), damaged)
            XCTAssertEqual(try runs.bytes("\(name)/final.safetensors"), final)
        }
    }

    /// A damaged checkpoint of a later step takes no new one's place.
    func testACheckpointJustSavedIsKept() throws {
        let runs = try TinyRuns()
        let recipe = try runs.recipe(overrides: ["training.keep_checkpoints=1"])
        try runs.train(recipe, in: "run")
        try Data().write(to: URL(fileURLWithPath: runs.path("run/checkpoint-4.safetensors")))
        try runs.train(recipe, in: "run", resuming: true, stoppingAfter: 2)
        let checkpoints = try runs.files(in: "run").filter { $0.hasPrefix("checkpoint-") }
        XCTAssertEqual(checkpoints, ["checkpoint-2.safetensors", "checkpoint-4.safetensors.damaged"])
        var firstStep: Int?
        try runs.train(recipe, in: "run", resuming: true) { event in
            if case .started(let start) = event { firstStep = start.step }
        }
        XCTAssertEqual(firstStep, 2)
    }

    func testLogGoesOnWhereTheCheckpointIs() throws {
        let runs = try TinyRuns()
        let recipe = try runs.recipe(overrides: ["training.log_every=1", "training.checkpoint_every=2"])
        try runs.train(recipe, in: "run", stoppingAfter: 2)
        // What a killed process had logged after its last checkpoint, the last line cut off.
        let log = try FileHandle(forWritingTo: URL(fileURLWithPath: runs.path("run/log.jsonl")))
        try log.seekToEnd()
        try log.write(contentsOf: Data("{\"event\":\"progress\",\"step\":3}\n{\"event\":\"prog".utf8))
        try log.close()
        try runs.train(recipe, in: "run", resuming: true)

        let lines = try runs.bytes("run/log.jsonl").split(separator: UInt8(ascii: "\n")).map { line in
            try XCTUnwrap(try JSONSerialization.jsonObject(with: line) as? [String: Any])
        }
        let progress = lines.filter { $0["event"] as? String == "progress" }
        XCTAssertEqual(progress.map { $0["step"] as? Int }, [1, 2, 3, 4])
        XCTAssertEqual(
            lines.compactMap { $0["event"] as? String },
            [
                "start", "progress", "progress", "checkpoint", "start", "progress", "progress", "evaluation",
                "checkpoint",
            ])
        let seconds = progress.compactMap { $0["seconds"] as? Double }
        XCTAssertEqual(seconds, seconds.sorted())
    }

    func testResumingAnEmptyFolderStartsAtStep0AndSaysSo() throws {
        let runs = try TinyRuns()
        let recipe = try runs.recipe(overrides: ["training.steps=1"])
        var notes: [String] = []
        try runs.train(recipe, in: "run", resuming: true) { if case .warning(let text) = $0 { notes.append(text) } }
        XCTAssertEqual(notes, ["\(runs.path("run")) holds no whole checkpoint; training starts at step 0"])
    }

    func testFoldersThatAreRefused() throws {
        let runs = try TinyRuns()
        let recipe = try runs.recipe(overrides: ["training.steps=1"])
        try runs.train(recipe, in: "run")
        XCTAssertThrowsError(try runs.train(recipe, in: "run")) {
            XCTAssertEqual($0 as? TrainingError, .runExists(folder: runs.path("run")))
        }
        let other = try runs.recipe(overrides: ["training.steps=1", "optimizer.momentum=0.5"])
        XCTAssertThrowsError(try runs.train(other, in: "run", resuming: true)) { error in
            guard case .otherRecipe(let path, let differences, _)? = error as? TrainingError else {
                return XCTFail("\(error)")
            }
            XCTAssertEqual(path, runs.path("run"))
            XCTAssertEqual(differences, ["optimizer.momentum (0.9 there, 0.5 here)"])
        }
        // The same recipe file, but the checkpoint comes from another run.
        try FileManager.default.removeItem(atPath: runs.path("run/recipe.yaml"))
        XCTAssertThrowsError(try runs.train(other, in: "run", resuming: true)) { error in
            guard case .otherRecipe(let path, _, _)? = error as? TrainingError else { return XCTFail("\(error)") }
            XCTAssertEqual(path, runs.path("run/checkpoint-1.safetensors"))
        }
        try Data("{}".utf8).write(to: URL(fileURLWithPath: runs.path("run/split.json")))
        XCTAssertThrowsError(try runs.train(recipe, in: "run", resuming: true)) {
            XCTAssertEqual($0 as? TrainingError, .otherData(folder: runs.path("run")))
        }
        // Nothing can be a folder inside a file.
        XCTAssertThrowsError(try runs.train(recipe, in: "run/split.json/run")) { error in
            guard case .cannotWriteFolder? = error as? TrainingError else { return XCTFail("\(error)") }
        }
    }

    func testWhatCannotBeReadIsNotWrittenOver() throws {
        let runs = try TinyRuns()
        let recipe = try runs.recipe(overrides: ["training.steps=1"])
        try runs.train(recipe, in: "run")
        let noText = Data([0x73, 0xFF])
        try noText.write(to: URL(fileURLWithPath: runs.path("run/recipe.yaml")))
        XCTAssertThrowsError(try runs.train(recipe, in: "run", resuming: true)) {
            XCTAssertTrue($0 is RecipeError, "\($0)")
        }
        XCTAssertEqual(try runs.bytes("run/recipe.yaml"), noText)
        try FileManager.default.removeItem(atPath: runs.path("run/recipe.yaml"))
        // A folder under a file's name is there, and cannot be read whoever tries.
        for name in ["split.json", "log.jsonl"] {
            let path = runs.path("run/\(name)")
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            XCTAssertThrowsError(try runs.train(recipe, in: "run", resuming: true)) {
                XCTAssertEqual($0 as? FileError, .cannotRead(path: path, reason: "Is a directory"))
            }
            try FileManager.default.removeItem(atPath: path)
        }
    }

    func testTwoRunsNeverShareAFolder() throws {
        let runs = try TinyRuns()
        let recipe = try runs.recipe(overrides: ["training.steps=1"])
        let path = runs.path("run")
        func assertInUse(resuming: Bool) {
            XCTAssertThrowsError(try TrainingRun(recipe, folder: path, resuming: resuming) { CPUBackend() }) {
                XCTAssertEqual($0 as? TrainingError, .folderInUse(folder: path))
            }
        }
        // The second is checked before the first has made the folder, and finds it taken when it is to make it.
        XCTAssertThrowsError(
            try TrainingRun(recipe, folder: path, resuming: false) {
                let first = try TrainingRun(recipe, folder: path, resuming: false) { CPUBackend() }
                assertInUse(resuming: false)
                assertInUse(resuming: true)
                guard case .finished = try first.run(shouldStop: { false }, report: { _ in }) else {
                    XCTFail("the first run did not finish")
                    return CPUBackend()
                }
                return CPUBackend()
            }
        ) {
            XCTAssertEqual($0 as? TrainingError, .runExists(folder: path))
        }
        try runs.train(recipe, in: "run", resuming: true)
    }

    func testBadDataLeavesNoFolder() throws {
        let runs = try TinyRuns()
        for override in ["data.labelled_head=9", "data.root=/nonexistent", "data.labelled_imbalance=50"] {
            XCTAssertThrowsError(try runs.train(runs.recipe(overrides: [override]), in: "run"), override)
            XCTAssertFalse(FileManager.default.fileExists(atPath: runs.path("run")), override)
        }
    }

    func testLossThatIsNotFiniteStopsTheRunAndKeepsTheLastCheckpoint() throws {
        let runs = try TinyRuns()
        let recipe = try runs.recipe(
            overrides: ["optimizer.learning_rate=1e30", "training.steps=8", "training.log_every=8"])
        XCTAssertThrowsError(try runs.train(recipe, in: "run")) { error in
            guard case .notFinite? = error as? TrainingError else { return XCTFail("\(error)") }
        }
        let checkpoints = try runs.files(in: "run").filter { $0.hasPrefix("checkpoint-") }
        XCTAssertEqual(checkpoints, ["checkpoint-1.safetensors"])
        for name in checkpoints {
            let checkpoint = try Checkpoint(contentsOf: runs.path("run/\(name)"))
            XCTAssertTrue(checkpoint.state.values.allSatisfy { $0.floats.allSatisfy(\.isFinite) }, name)
        }
        XCTAssertFalse(try runs.files(in: "run").contains("final.safetensors"))
    }

    func testCheckpointIsEvaluatedWithItsOwnRecipeOnly() throws {
        let runs = try TinyRuns()
        let recipe = try runs.recipe(overrides: ["training.steps=1", "training.evaluate_every=1"])
        guard case .finished(let summary) = try runs.train(recipe, in: "run") else { return XCTFail("not finished") }
        let path = runs.path("run/final.safetensors")
        let root = "data.root=\(runs.path("data"))"
        let evaluation = try CheckpointEvaluation(of: path, recipe: nil, overrides: [root]) { CPUBackend() }
        XCTAssertEqual(evaluation.evaluation.confusionMatrix, summary.evaluation.confusionMatrix)
        XCTAssertThrowsError(
            try CheckpointEvaluation(of: path, recipe: nil, overrides: [root, "seed=2"]) {
                XCTFail("the recipe can be refused without a device")
                return CPUBackend()
            }
        ) { error in
            guard case .otherRecipe(path, ["seed (1 there, 2 here)"], _)? = error as? TrainingError else {
                return XCTFail("\(error)")
            }
        }
    }
}
