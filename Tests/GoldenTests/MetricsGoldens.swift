import Foundation
import Training

/// Checks `metrics.json` (one evaluation) and `reporting.json` (a sequence of them).
enum MetricsGoldens {
    static func metrics(_ json: Data) throws -> [String] {
        struct Expected: Decodable {
            let accuracy: Double
            let recalls: [Double]
            let balanced_accuracy: Double
            let geometric_mean: Double
            let many: Double?
            let medium: Double?
            let few: Double?
        }
        struct Case: Decodable {
            let classes: Int
            let class_counts: [Int]
            let confusion_matrix_true_by_predicted: [[Int]]
            let expected: Expected
            let confidences: [Double]
            let correct: [Int]
            let expected_calibration_error: Double
            let maximum_calibration_error: Double
        }
        return try check(json) { (item: Case, compare) in
            var matrix = ConfusionMatrix(classes: item.classes)
            for (label, row) in item.confusion_matrix_true_by_predicted.enumerated() {
                for (predicted, count) in row.enumerated() {
                    for _ in 0..<count { matrix.count(true: label, predicted: predicted) }
                }
            }
            let metrics = ClassificationMetrics(matrix, trainingCounts: item.class_counts)
            let calibration = Calibration(confidences: item.confidences, correct: item.correct.map { $0 != 0 })
            compare("accuracy", metrics.accuracy, item.expected.accuracy)
            compare("balanced_accuracy", metrics.balancedAccuracy, item.expected.balanced_accuracy)
            compare("geometric_mean", metrics.geometricMean, item.expected.geometric_mean)
            compare("many", metrics.manyShotRecall, item.expected.many)
            compare("medium", metrics.mediumShotRecall, item.expected.medium)
            compare("few", metrics.fewShotRecall, item.expected.few)
            compare("number of recalls", Double(metrics.recalls.count), Double(item.expected.recalls.count))
            for (label, (recall, expected)) in zip(metrics.recalls, item.expected.recalls).enumerated() {
                compare("recall of class \(label)", recall, expected)
            }
            compare("expected_calibration_error", calibration.expectedError, item.expected_calibration_error)
            compare("maximum_calibration_error", calibration.maximumError, item.maximum_calibration_error)
        }
    }

    static func reporting(_ json: Data) throws -> [String] {
        struct Case: Decodable {
            let evaluations: [Double]
            let median_of_last_20: Double
            let mean_of_last_20: Double
            let mean_of_last_10: Double
            let last: Double
            let best: Double
        }
        return try check(json) { (item: Case, compare) in
            var history = EvaluationHistory()
            for value in item.evaluations { history.append(value) }
            compare("median_of_last_20", history.medianOfLast(20), item.median_of_last_20)
            compare("mean_of_last_20", history.meanOfLast(20), item.mean_of_last_20)
            compare("mean_of_last_10", history.meanOfLast(10), item.mean_of_last_10)
            compare("last", history.last, item.last)
            compare("best", history.best, item.best)
        }
    }

    private struct Cases<Case: Decodable>: Decodable {
        let tolerance: Double
        let cases: [Case]
    }

    /// Runs `body` on each case of the file; what differs by more than the file's tolerance is a problem.
    private static func check<Case: Decodable>(
        _ json: Data,
        _ body: (_ item: Case, _ compare: (_ name: String, _ found: Double?, _ expected: Double?) -> Void) -> Void
    ) throws -> [String] {
        let file = try JSONDecoder().decode(Cases<Case>.self, from: json)
        var problems: [String] = []
        for (number, item) in file.cases.enumerated() {
            body(item) { name, found, expected in
                let isSame =
                    switch (found, expected) {
                    case (let found?, let expected?): abs(found - expected) <= file.tolerance
                    case (nil, nil): true
                    default: false
                    }
                if !isSame {
                    problems.append(
                        "case \(number), \(name): expected \(expected.map { "\($0)" } ?? "none"), "
                            + "got \(found.map { "\($0)" } ?? "none")")
                }
            }
        }
        if file.cases.isEmpty { problems.append("the file has no cases") }
        return problems
    }
}
