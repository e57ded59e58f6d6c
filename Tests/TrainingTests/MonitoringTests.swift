import Methods
import NeuralNetworks
import XCTest

@testable import Training

/// What the log says of pseudo-labels and estimates, by numbers worked out by hand.
final class MonitoringTests: XCTestCase {
    func testPrecisionRecallAndCoverageOfEachClass() throws {
        var tally = PseudoLabelTally(classes: 3)
        XCTAssertNil(tally.report)
        tally.add(labels: [0, 0, 1, 1], mask: [1, 0.5, 1, 0], hiddenLabels: [0, 1, 1, 1])
        // No class at all: passed over.
        tally.add(labels: [7, -1], mask: [1, 1], hiddenLabels: [0, 0])
        let report = try XCTUnwrap(tally.report)
        XCTAssertEqual(report.counts, [2, 1, 0])
        XCTAssertEqual(report.precisions, [0.5, 1, nil])
        XCTAssertEqual(report.recalls, [1, 1.0 / 3, nil])
        XCTAssertEqual(report.coverages, [1, 2.0 / 3, nil])
    }

    func testAnEvaluationOfDASOSaysWhatItBelieves() throws {
        let runs = try TinyRuns()
        var last: EvaluationReport?
        try runs.train(runs.recipe("daso"), in: "run") { event in
            if case .evaluated(let report) = event { last = report }
        }
        let evaluation = try XCTUnwrap(last)
        let estimates = try XCTUnwrap(evaluation.estimates)
        XCTAssertEqual(try XCTUnwrap(estimates.unlabelledPrior).reduce(0, +), 1, accuracy: 1e-5)
        XCTAssertGreaterThan(try XCTUnwrap(estimates.fill).reduce(0, +), 0)
        XCTAssertNotNil(evaluation.pseudoLabels)
        XCTAssertGreaterThanOrEqual(evaluation.maximumCalibrationError, evaluation.expectedCalibrationError)
    }
}
