import Foundation
import Training

/// Tells a person how training goes: one line that is rewritten on a terminal, plain lines elsewhere.
final class ProgressPrinter {
    private let output: FileHandle
    private let isTerminal: Bool
    private var totalSteps = 0
    private var hasLiveLine = false

    init(to output: FileHandle) {
        self.output = output
        isTerminal = isatty(output.fileDescriptor) == 1
    }

    /// Prints lines that stay.
    func line(_ text: String) {
        write(hasLiveLine ? "\r\u{1B}[K\(text)\n" : "\(text)\n")
        hasLiveLine = false
    }

    /// Prints what has happened.
    func report(_ event: TrainingEvent) {
        switch event {
        case .started(let start): printStart(start)
        case .stageStarted(let stage): printStage(stage)
        case .progress(let report): printProgress(report)
        case .evaluated(let report):
            line(
                "step \(report.step): balanced accuracy \(report.metrics.balancedAccuracy.percent), "
                    + "geometric mean \(report.metrics.geometricMean.percent)"
                    + (report.logitAdjustment.map { ", \($0.comparison)" } ?? ""))
        case .savedCheckpoint(let step, let path):
            if !isTerminal { line("step \(step): saved \(path)") }
        case .warning(let text): line("note: \(text)")
        }
    }

    private func printStart(_ start: RunStart) {
        totalSteps = start.steps
        line(
            "\(start.recipe), seed \(start.seed): \(start.labelledCounts.reduce(0, +)) labelled and "
                + "\(start.unlabelledCount) unlabelled images, \(start.parameters) parameters")
        if let count = start.mislabelledCount { line("\(count) of the labels are wrong") }
        line(start.step == 0 ? "\(start.steps) steps" : "going on after step \(start.step) of \(start.steps)")
    }

    private func printStage(_ stage: StageStart) {
        let precision = stage.pseudoLabelPrecision.map { ", \($0.percent) of the pseudo-labels right" } ?? ""
        line(
            "step \(stage.step): \(stage.name), \(stage.steps) steps, \(stage.labelCounts.reduce(0, +)) labels, "
                + "\(stage.unlabelledCount) images without\(precision)")
    }

    private func printProgress(_ report: ProgressReport) {
        let fields = ProgressFields(report, of: totalSteps)
        guard isTerminal else { return line(fields.plainLine) }
        write("\r\(fields.liveLine(columns: terminalColumns))\u{1B}[K")
        hasLiveLine = true
    }

    private var terminalColumns: Int {
        var size = winsize()
        guard ioctl(output.fileDescriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// A closed pipe must not end training, so failures to print are passed over.
    private func write(_ text: String) {
        try? output.write(contentsOf: Data(text.utf8))
    }
}
