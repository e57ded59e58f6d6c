import Training

/// The result of an evaluation for people: a line a class, then the numbers that papers report.
struct RecallTable: CustomStringConvertible {
    let description: String

    init(_ summary: Summary) {
        self.init(summary.evaluation, classNames: summary.classNames, labelledCounts: summary.labelledCounts)
    }

    init(_ evaluation: Evaluation, classNames: [String], labelledCounts: [Int]) {
        let metrics = evaluation.metrics
        var rows = [["class", "labelled", "recall"]]
        for (name, (count, recall)) in zip(classNames, zip(labelledCounts, metrics.recalls)) {
            rows.append([name, String(count), recall.percent])
        }
        let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = rows.map { row in
            let name = row[0] + String(repeating: " ", count: widths[0] - row[0].count)
            let numbers = (1..<3).map { String(repeating: " ", count: widths[$0] - row[$0].count) + row[$0] }
            return "  " + ([name] + numbers).joined(separator: "  ")
        }
        lines.append(
            "accuracy \(metrics.accuracy.percent), balanced accuracy \(metrics.balancedAccuracy.percent), "
                + "geometric mean \(metrics.geometricMean.percent)")
        let shots = [
            ("many", metrics.manyShotRecall), ("medium", metrics.mediumShotRecall), ("few", metrics.fewShotRecall),
        ]
        let shotTexts = shots.compactMap { name, recall in recall.map { "\(name) \($0.percent)" } }
        lines.append("recall by labelled images: \(shotTexts.joined(separator: ", "))")
        description = lines.joined(separator: "\n")
    }
}
