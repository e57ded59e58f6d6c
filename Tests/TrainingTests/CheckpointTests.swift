import Foundation
import TensorFiles
import Tensors
import XCTest

@testable import Training

final class CheckpointTests: XCTestCase {
    func testRoundTrip() throws {
        let recipe = try RecipeLibrary.recipe("cifar10-lt/n1500-g100/daso")
        let written = Checkpoint(
            step: 12, recipe: recipe, history: EvaluationHistory([0.1, 1.0 / 3]),
            state: ["model.a": try HostTensor([1, 2, 3] as [Float], shape: [3])])
        try withFile(try written.encoded()) { path in
            let read = try Checkpoint(contentsOf: path)
            XCTAssertEqual(read.step, 12)
            XCTAssertEqual(read.history, written.history)
            XCTAssertEqual(read.state, written.state)
            XCTAssertTrue(read.recipe.entries.differences(from: recipe.entries).isEmpty)
        }
    }

    func testNoPathIsInIt() throws {
        let recipe = try RecipeLibrary.recipe("cifar10-lt/n1500-g100/daso", overrides: ["data.root=/some/where"])
        let bytes = try Checkpoint(step: 1, recipe: recipe, history: EvaluationHistory(), state: [:]).encoded()
        XCTAssertNil(bytes.range(of: Data("/some/where".utf8)))
    }

    func testStateThatIsNotFiniteIsRefused() throws {
        let checkpoint = Checkpoint(
            step: 7, recipe: try RecipeLibrary.recipe("cifar10-lt/n1500-g100/daso"), history: EvaluationHistory(),
            state: ["model.a": try HostTensor([1, .nan] as [Float], shape: [2])])
        XCTAssertThrowsError(try checkpoint.encoded()) { error in
            guard case .notFinite("the tensor model.a", 7, _)? = error as? TrainingError else {
                return XCTFail("\(error)")
            }
        }
    }

    func testTruncatedAndForeignFilesAreErrors() throws {
        let whole = try Checkpoint(
            step: 1, recipe: RecipeLibrary.recipe("cifar10-lt/n1500-g100/daso"), history: EvaluationHistory(),
            state: ["model.a": HostTensor([1, 2] as [Float], shape: [2])]
        ).encoded()
        for length in Set(stride(from: 0, to: whole.count, by: 13)).union([8, whole.count - 1]) {
            try withFile(whole.prefix(length)) { path in
                XCTAssertThrowsError(try Checkpoint(contentsOf: path), "\(length) of \(whole.count) bytes")
            }
        }
        try withFile(try Safetensors(tensors: [:], metadata: ["format": "pt"]).encoded()) { path in
            XCTAssertThrowsError(try Checkpoint(contentsOf: path)) { error in
                guard case .notACheckpoint? = error as? TrainingError else { return XCTFail("\(error)") }
            }
        }
    }

    func testDamagedMetadataIsAnError() throws {
        let good = try Checkpoint(
            step: 1, recipe: RecipeLibrary.recipe("cifar10-lt/n1500-g100/daso"), history: EvaluationHistory(),
            state: [:]
        ).encoded()
        let file = try Safetensors(good, path: "memory")
        let damages = [
            ("step", "-1"), ("step", "99999999999999999999"), ("step", "250001"), ("step", "9223372036854775807"),
            ("balanced_accuracies", "[1,"), ("recipe", "seed: ["),
            ("recipe", "seed: 1"), ("format", "equipoise checkpoint 2"),
        ]
        for (key, value) in damages {
            var damaged = file
            damaged.metadata[key] = value
            try withFile(try damaged.encoded()) { path in
                XCTAssertThrowsError(try Checkpoint(contentsOf: path), "\(key): \(value)")
            }
        }
    }

    private func withFile(_ data: Data, _ body: (String) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "equipoise-checkpoint-\(UUID().uuidString)"
        try data.write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }
}
