import ArgumentParser
import Foundation
import Training

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Tries a checkpoint's moving-average model on the test images.",
        discussion: """
            The checkpoint carries its recipe; only where the data lie and how is evaluated may be set.

            Example: equipoise evaluate runs/fashion-mnist-lt-daso-seed1/final.safetensors
            """)

    @Argument(help: "A checkpoint's file.")
    var checkpoint: String

    @OptionGroup var deviceOption: DeviceOption

    @Option(help: "Refuse the checkpoint unless it is of this recipe.")
    var recipe: String?

    @Option(name: .customLong("set"), help: "key=value in place of the recipe's; may be repeated.")
    var overrides: [String] = []

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() throws {
        let result = try CheckpointEvaluation(of: checkpoint, recipe: recipe, overrides: overrides) {
            // As the run evaluates itself, if the checkpoint lies in its run folder.
            let folder = URL(fileURLWithPath: checkpoint).deletingLastPathComponent().path
            return try deviceOption.device.backend(tuning: .run(in: folder)).backend
        }
        if json {
            try print(jsonObject: result)
        } else {
            print("\(checkpoint), step \(result.step), on \(result.device.identifier) \(result.device.name)")
            print(
                RecallTable(result.evaluation, classNames: result.classNames, labelledCounts: result.labelledCounts))
        }
    }
}
