import Foundation
import Training

/// The parts of a progress line.
struct ProgressFields {
    /// In the order in which they are shown.
    private let fields: [(text: String, plain: String)]

    init(_ report: ProgressReport, of totalSteps: Int) {
        var fields = [(text: "step \(report.step)/\(totalSteps)", plain: "step \(report.step) of \(totalSteps)")]
        let total = report.losses["total"] ?? 0
        let loss = "loss \(String(format: "%.3f", total))"
        let terms = report.losses.filter { $0.key != "total" }.sorted { $0.key < $1.key }
            .map { "\($0.key) \(String(format: "%.3f", $0.value))" }
        fields.append((text: loss, plain: terms.isEmpty ? loss : "\(loss) (\(terms.joined(separator: ", ")))"))
        if let rate = report.pseudoLabelRate {
            let precision = report.pseudoLabelPrecision.map { ", \($0.percent) of them right" } ?? ""
            fields.append(
                (
                    text: "pseudo \(String(format: "%.0f%%", 100 * rate))",
                    plain: "pseudo-labels used for \(rate.percent)\(precision)"
                ))
        }
        let format = report.stepsPerSecond < 10 ? "%.2f steps/s" : "%.0f steps/s"
        let left = Self.duration(seconds: Double(totalSteps - report.step) / report.stepsPerSecond)
        for text in [String(format: format, report.stepsPerSecond), "ETA \(left)"] {
            fields.append((text: text, plain: text))
        }
        self.fields = fields
    }

    /// Everything, for files and pipes.
    var plainLine: String { fields.map(\.plain).joined(separator: ", ") }

    /// At most `columns` − 1 characters: the last fields give way on a narrow terminal.
    func liveLine(columns: Int) -> String {
        var line = ""
        for field in fields {
            let longer = line.isEmpty ? field.text : "\(line)  \(field.text)"
            guard longer.count < columns else { break }
            line = longer
        }
        return line.isEmpty ? String(fields[0].text.prefix(max(0, columns - 1))) : line
    }

    /// `0:07`, `12:30`, `3:05:00`, or days and hours.
    static func duration(seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "?" }
        let whole = Int(seconds.rounded())
        let (days, hours, minutes) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60)
        if days > 0 { return "\(days) d \(hours) h" }
        let rest = String(format: "%02d", whole % 60)
        return hours > 0 ? "\(hours):\(String(format: "%02d", minutes)):\(rest)" : "\(minutes):\(rest)"
    }
}
