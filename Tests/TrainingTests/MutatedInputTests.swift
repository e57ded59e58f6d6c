import Foundation
import SyntheticData
import TensorFiles
import Tensors
import XCTest

@testable import Training

/// Recipes, checkpoints and logs that somebody has damaged are read or refused with a typed error, and never trap. (What
/// is in `split.json` is compared, not read.)
final class MutatedInputTests: XCTestCase {
    func testTextsThatRecipesAreTakenFrom() throws {
        var generator = PhiloxGenerator(RandomStream(seed: 7, purpose: .testing))
        var refused = 0
        for _ in 0..<10_000 {
            let yaml = MutatedRecipe.text(of: "seed: 1\nmodel: {name: wrn-10-1}\n", with: &generator)
            do {
                _ = try RecipeText(yaml: yaml, name: "mutated")
            } catch is RecipeError {
                refused += 1
            } catch {
                XCTFail("\(error) for\n\(yaml)")
            }
        }
        XCTAssertTrue((2_000..<8_000).contains(refused), "\(refused)")
    }

    /// Those that are read can be planned.
    func testRecipes() throws {
        var generator = PhiloxGenerator(RandomStream(seed: 7, purpose: .testing))
        var read = 0
        for mutation in 0..<600 {
            let originals = MutatedRecipe.originals
            let yaml = MutatedRecipe.text(of: originals[mutation % originals.count], with: &generator)
            do {
                let plan = StagePlan(try Recipe(yaml: yaml, name: "mutated"), classes: 10)
                XCTAssertTrue(plan.stages.allSatisfy { $0.learningRate(step: $0.end - 1).isFinite }, yaml)
                XCTAssertGreaterThan(plan.images, 0, yaml)
                read += 1
            } catch is RecipeError {
            } catch {
                XCTFail("\(error) for\n\(yaml)")
            }
        }
        XCTAssertGreaterThan(read, 10)
    }

    func testCheckpoints() throws {
        let checkpoint = try Checkpoint(
            step: 7, recipe: Recipe(yaml: MutatedRecipe.originals[0], name: "mutated"),
            history: EvaluationHistory([0.5, 0.25]), state: ["model.a": HostTensor([1, 2] as [Float], shape: [2])]
        ).encoded()
        var refused = 0
        forEachMutation(of: [UInt8](checkpoint), count: 5_000, headerBytes: 400) { _, bytes in
            do {
                _ = try Checkpoint(Safetensors(Data(bytes), path: "mutated"), path: "mutated")
            } catch {
                XCTAssertTrue(error is FileError || error is TrainingError || error is RecipeError, "\(error)")
                refused += 1
            }
        }
        XCTAssertGreaterThan(refused, 2_500)
    }

    /// All in one, since every line is read by itself.
    func testLogs() throws {
        let line = #"{"event":"progress","step":3,"seconds":2.5,"step_seconds":1.5,"device":"cpu"}"#
        var lines: [UInt8] = []
        forEachMutation(of: Array(line.utf8), count: 10_000, headerBytes: .max) { _, bytes in
            lines += bytes + [UInt8(ascii: "\n")]
        }
        let path = NSTemporaryDirectory() + "equipoise-mutated-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(lines).write(to: URL(fileURLWithPath: path))
        XCTAssertNotNil(EventLog.device(inLogAt: path))
        XCTAssertGreaterThan(try EventLog(path: path, continuingAfter: 3).clocks.seconds, 0)
        let kept = try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: UInt8(ascii: "\n"))
        XCTAssertTrue((100..<9_000).contains(kept.count), "\(kept.count)")
    }
}
