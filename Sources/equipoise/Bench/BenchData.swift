import ArgumentParser
import Foundation
import Training

extension BenchCommand {
    struct Data: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Times the views of a training step's images, and which part of the step they are.",
            discussion: """
                In turn: the views of some batches of random images of 32×32×3, in DASO's form, drawn on the host and made on
                the device; then a training step on as many images.

                Example: equipoise bench data --labelled 64 --unlabelled 128 --json
                """)

        @OptionGroup var deviceOption: DeviceOption

        @OptionGroup var tuningOption: TuningOption

        @Option(help: "The network of the step: \(ModelName.forms).")
        var model = ModelName.wideResNet(depth: 28, width: 2)

        @Option(help: "Labelled images of a step, each in a weak view.")
        var labelled = 64

        @Option(help: "Unlabelled images of a step, each in a weak and a strong view.")
        var unlabelled = 128

        @Option(help: "Rounds: a training step, and the views of \(batchesPerRound) batches.")
        var steps = 7

        @Option(help: "Rounds before these.")
        var warmUp = 2

        @Flag(help: "Print one line of JSON.")
        var json = false

        /// The views of one take too short a time to be measured among steps.
        private static let batchesPerRound = 10

        func validate() throws {
            try NetworkBenchOptions.check("labelled", labelled)
            try NetworkBenchOptions.check("unlabelled", unlabelled)
            try NetworkBenchOptions.check("steps", steps)
            try NetworkBenchOptions.check("warm-up", warmUp)
        }

        func run() throws {
            let backend = try deviceOption.device.backend(tuning: tuningOption.tuning ?? .cache).backend
            let views = try ViewsBenchmark(labelled: labelled, unlabelled: unlabelled, on: backend)
            let step = try StepBenchmark(
                model: model, labelled: labelled, unlabelled: unlabelled, on: backend)
            try views.warmUp(steps: warmUp * Self.batchesPerRound)
            try step.warmUp(steps: warmUp)
            let rounds = try (0..<steps).map { _ in
                (views: try views.run(steps: Self.batchesPerRound), step: try step.run(steps: 1))
            }
            let report = DataBenchReport(views: rounds.map(\.views), steps: rounds.map(\.step))
            if json {
                print(String(decoding: try JSONEncoder.sortedLines.encode(report), as: UTF8.self))
            } else {
                print("\(labelled) labelled and \(unlabelled) unlabelled images a step of \(model)")
                print(report)
            }
        }
    }
}
