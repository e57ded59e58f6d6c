import Training

/// The result of an evaluation for people: a line a class, then the numbers that papers report.
struct RecallTable: CustomStringConvertible {
    let description: String

    /// - Parameter baselines: recipes whose recorded recalls are shown in columns of their own.
    init(_ evaluation: Evaluation, classNames: [String], labelledCounts: [Int], baselines: [Recipe] = []) {
        let metrics = evaluation.metrics
        let recorded = baselines.compactMap { baseline in baseline.recordedRecalls.map { (baseline.name, $0) } }
        var rows = [["class", "labelled", "recall"] + recorded.map(\.0)]
        for (label, name) in classNames.enumerated() {
            let recalls = [metrics.recalls] + recorded.map(\.1)
            rows.append([name, "\(labelledCounts[label])"] + recalls.map { Self.cell($0, label) })
        }
        let balanced = [metrics.balancedAccuracy] + recorded.map { $0.1.reduce(0, +) / Double(max(1, $0.1.count)) }
        rows.append(["mean", ""] + balanced.map(\.percent))

        var lines = AlignedTable.lines(rows)
        if !recorded.isEmpty { lines.append("recall is this run's; the other columns were recorded with the recipes") }
        lines.append(
            "accuracy \(metrics.accuracy.percent), balanced accuracy \(metrics.balancedAccuracy.percent), "
                + "geometric mean \(metrics.geometricMean.percent)")
        if let adjustment = evaluation.logitAdjustment { lines.append(adjustment.comparison) }
        let shots = [
            ("many", metrics.manyShotRecall), ("medium", metrics.mediumShotRecall), ("few", metrics.fewShotRecall),
        ]
        let shotTexts = shots.compactMap { name, recall in recall.map { "\(name) \($0.percent)" } }
        lines.append("recall by labelled images: \(shotTexts.joined(separator: ", "))")
        description = lines.joined(separator: "\n")
    }

    private static func cell(_ recalls: [Double], _ label: Int) -> String {
        recalls.indices.contains(label) ? recalls[label].percent : ""
    }
}

extension LogitAdjustmentReport {
    /// Beside the figures, which are with the adjustment.
    var comparison: String {
        "with logit adjustment \(tau); without it balanced accuracy \(unadjusted.balancedAccuracy.percent)"
    }
}
