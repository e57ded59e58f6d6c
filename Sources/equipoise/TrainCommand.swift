import ArgumentParser
import Foundation
import Tensors
import Training

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Trains a recipe and writes a run folder.",
        discussion: """
            Ctrl-C finishes the step and saves a checkpoint; --resume goes on from there, exactly.

            Example: equipoise train fashion-mnist-lt/adello --set training.steps=200 --output runs/try
            """)

    @Argument(help: "A recipe's name (see `equipoise recipes`) or file.")
    var recipe = RecipeLibrary.defaultName

    @OptionGroup var deviceOption: DeviceOption

    @OptionGroup var tuningOption: TuningOption

    @Option(name: .customLong("set"), help: "key=value in place of the recipe's; may be repeated.")
    var overrides: [String] = []

    @Option(help: "The run folder. [default: runs/RECIPE-seedSEED]")
    var output: String?

    @Option(help: "In place of the recipe's seed.")
    var seed: Int?

    @Flag(help: "Print the summary as JSON, progress on standard error.")
    var json = false

    @Flag(help: "Go on from the newest whole checkpoint in the run folder.")
    var resume = false

    func run() throws {
        let recipe = try RecipeLibrary.recipe(self.recipe, overrides: overrides + (seed.map { ["seed=\($0)"] } ?? []))
        let folder = output ?? DefaultRunFolder.path(for: recipe, resuming: resume)
        let printer = ProgressPrinter(to: json ? .standardError : .standardOutput)

        let training = try TrainingRun(recipe, folder: folder, resuming: resume) {
            let (backend, reason) = try backend(folder: folder)
            printer.line("device: \(backend.device.identifier) \(backend.device.name) (\(reason))")
            return backend
        }
        let interruption = Interruption()
        switch try training.run(shouldStop: { interruption.isRequested }, report: printer.report) {
        case .finished(let summary):
            if json {
                try print(jsonObject: summary)
            } else {
                let table = RecallTable(
                    summary.evaluation, classNames: summary.classNames, labelledCounts: summary.labelledCounts,
                    baselines: try RecipeLibrary.recordedBaselines(of: recipe))
                printer.line(table.description)
                printer.line("run folder: \(folder)")
            }
        case .interrupted(let step):
            printer.line("stopped after step \(step); go on with: \(resumeCommand(folder: folder))")
            throw ExitCode(Interruption.exitCode)
        }
    }

    /// Where to compute, and why there. A run that is resumed stays on its device unless another is asked for: elsewhere
    /// it would end in other bits.
    private func backend(folder: String) throws -> (backend: any Backend, reason: String) {
        let tuning = tuning(folder: folder)
        if resume, deviceOption.device == .automatic, let device = RunFolder.device(in: folder),
            let request = DeviceRequest(ofPresentDevice: device)
        {
            return (try request.backend(tuning: tuning).backend, "as before")
        }
        return try deviceOption.device.backend(tuning: tuning)
    }

    /// A run that is resumed keeps its own choices, whatever has been tuned since it began.
    private func tuning(folder: String) -> TuningRequest {
        tuningOption.tuning ?? (resume && !RunFolder.isFree(folder) ? .run(in: folder) : .cache)
    }

    /// The command that goes on, with everything that decides what is computed.
    private func resumeCommand(folder: String) -> String {
        var words = ["equipoise", "train", recipe]
        for override in overrides { words += ["--set", override] }
        if let seed { words += ["--seed", String(seed)] }
        if deviceOption.device != .automatic { words += ["--device", deviceOption.device.description] }
        words += ["--output", folder, "--resume"]
        return words.map(\.quotedForShell).joined(separator: " ")
    }
}

/// Where a run goes if nobody says: `runs/fashion-mnist-lt-daso-seed1`, with a number behind it if that is taken.
enum DefaultRunFolder {
    /// The first free name; when resuming, the last that is taken, or the first if none is.
    static func path(for recipe: Recipe, resuming: Bool) -> String {
        let base = "runs/\(recipe.name.replacing("/", with: "-"))-seed\(recipe.seed)"
        var path = base
        var number = 1
        while !RunFolder.isFree(path) {
            number += 1
            let next = "\(base)-\(number)"
            if resuming, RunFolder.isFree(next) { break }
            path = next
        }
        return path
    }
}

extension String {
    /// This word as a shell reads it back.
    fileprivate var quotedForShell: String {
        let plain = allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-=:,+%@".contains($0)) }
        return plain && !isEmpty ? self : "'\(replacing("'", with: "'\\''"))'"
    }
}
