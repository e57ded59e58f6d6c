import CPUBackend
import Foundation
import XCTest

@testable import Training

final class LogitAdjustmentTests: XCTestCase {
    private static func tau(_ value: Double) -> String { "evaluation.logit_adjustment=\(value)" }

    /// Training is the same; predictions are not, and both are told.
    func testItChangesEvaluationsAlone() throws {
        let runs = try TinyRuns()
        func summary(_ overrides: [String], in name: String) throws -> Summary {
            let recipe = try runs.recipe(overrides: overrides)
            guard case .finished(let summary) = try runs.train(recipe, in: name) else {
                XCTFail("the run did not finish")
                throw CancellationError()
            }
            return summary
        }
        let plain = try summary([], in: "plain")
        // So strong that only the rarest classes are ever predicted.
        let adjusted = try summary([Self.tau(1000)], in: "adjusted")
        XCTAssertEqual(
            try Checkpoint(contentsOf: runs.path("adjusted/final.safetensors")).state,
            try Checkpoint(contentsOf: runs.path("plain/final.safetensors")).state)
        XCTAssertNil(plain.evaluation.logitAdjustment)
        XCTAssertEqual(adjusted.evaluation.logitAdjustment?.tau, 1000)
        XCTAssertEqual(adjusted.evaluation.logitAdjustment?.unadjusted, plain.evaluation.metrics)
        XCTAssertEqual(adjusted.evaluation.logitAdjustment?.unadjustedCalibration, plain.evaluation.calibration)
        let fewest = try XCTUnwrap(adjusted.labelledCounts.min())
        for label in 0..<10 where adjusted.labelledCounts[label] > fewest {
            let column = (0..<10).map { adjusted.evaluation.confusionMatrix[$0][$0 * 10 + label] }
            XCTAssertEqual(column, Array(repeating: 0, count: 10), "class \(label)")
        }

        let json = try XCTUnwrap(
            JSONSerialization.jsonObject(with: runs.bytes("adjusted/summary.json")) as? [String: Any])
        let report = try XCTUnwrap(json["logit_adjustment"] as? [String: Any])
        let unadjusted = try XCTUnwrap(report["unadjusted"] as? [String: Any])
        XCTAssertEqual(report["tau"] as? Double, 1000)
        XCTAssertEqual(unadjusted["balanced_accuracy"] as? Double, plain.evaluation.metrics.balancedAccuracy)
        XCTAssertNotNil(unadjusted["expected_calibration_error"])
        let log = String(decoding: try runs.bytes("adjusted/log.jsonl"), as: UTF8.self)
        XCTAssertTrue(log.contains("\"logit_adjustment\":{\"tau\":1000"), log)
    }

    func testACheckpointMayBeEvaluatedWithAnother() throws {
        let runs = try TinyRuns()
        try runs.train(runs.recipe(overrides: [Self.tau(1)]), in: "run")
        let path = runs.path("run/final.safetensors")
        func evaluation(_ overrides: String...) throws -> Evaluation {
            try CheckpointEvaluation(
                of: path, recipe: nil, overrides: ["data.root=\(runs.path("data"))"] + overrides
            ) { CPUBackend() }.evaluation
        }
        let own = try evaluation()
        XCTAssertEqual(own.logitAdjustment?.tau, 1)
        let without = try evaluation(Self.tau(0))
        XCTAssertNil(without.logitAdjustment)
        XCTAssertEqual(without.metrics, own.logitAdjustment?.unadjusted)
        XCTAssertEqual(try evaluation(Self.tau(2)).logitAdjustment?.tau, 2)
    }

    func testNoneIsNotPartOfTheRecipe() throws {
        let runs = try TinyRuns()
        XCTAssertEqual(try runs.recipe(overrides: [Self.tau(0)]).canonicalYAML, try runs.recipe().canonicalYAML)
        XCTAssertThrowsError(try runs.recipe(overrides: [Self.tau(-1)])) {
            XCTAssertTrue($0.localizedDescription.contains("evaluation.logit_adjustment must not be below 0"), "\($0)")
        }
    }
}
