import Datasets
import Methods
import NeuralNetworks
import SyntheticData
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

    func testWhatNobodyKnowsIsNotCountedAsWrong() throws {
        var tally = PseudoLabelTally(classes: 2)
        tally.add(labels: [0, 0, 1], mask: [1, 1, 1], hiddenLabels: [-1, 0, -1])
        let report = try XCTUnwrap(tally.report)
        XCTAssertEqual(report.counts, [2, 1])
        XCTAssertEqual(report.precisions, [1, nil])
        XCTAssertEqual(report.coverages, [1, nil])
    }

    /// All unlabelled images are of a class that nobody knows.
    func testRunsDoWithoutHiddenLabels() throws {
        let runs = try TinyRuns()
        let folder = runs.path("images")
        try SyntheticImageFolder.write(to: folder, trainPerClass: 2)
        try SyntheticImageFolder.write((0..<5).map { ("unlabelled/\($0).png", "rgb-8.png") }, to: folder)
        let images = runs.path("images.safetensors")
        try ImageImport(folder: folder, options: .init(side: 8)).write(to: images)
        let rounds = [
            "rounds.count=1", "rounds.metric_steps=1", "rounds.classes_per_batch=2", "rounds.images_per_class=2",
            "rounds.images_per_centre=1",
        ]
        for (method, overrides) in [
            ("daso", []), ("adello", ["data.labelled_in_unlabelled=true"]), ("saw", []), ("crest-plus", []),
            ("crest-plus", ["generations.count=1"]), ("supervised", rounds),
        ] {
            var start: RunStart?
            let recipe = try runs.recipe(
                method, at: images, overrides: ["data.labelled_fraction=1", "training.labelled_batch=4"] + overrides)
            try runs.train(recipe, in: "run-\(method)-\(overrides.count)") { event in
                switch event {
                case .started(let report): start = report
                case .progress(let report):
                    // With labelled images among them some are known.
                    if method != "adello" { XCTAssertNil(report.pseudoLabelPrecision, method) }
                case .evaluated(let report): XCTAssertNil(report.estimates?.unlabelledPriorDivergence, method)
                case .stageStarted(let report): XCTAssertNil(report.pseudoLabelPrecision, method)
                case .savedCheckpoint, .warning: break
                }
            }
            XCTAssertEqual(start?.unlabelledCount, method == "adello" ? 9 : 5)
        }
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
