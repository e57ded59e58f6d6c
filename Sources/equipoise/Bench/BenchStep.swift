import ArgumentParser
import Training

extension BenchCommand {
    struct Step: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Times DASO's training step on random images of 32×32×3.",
            discussion: """
                With --profile every kernel is timed as well, by OpenCL's events; the step is then somewhat slower.

                Example: equipoise bench step --model wrn-28-2 --labelled 64 --unlabelled 128 --json
                """)

        @OptionGroup var options: NetworkBenchOptions

        @Option(help: "Labelled images of a step.")
        var labelled = 64

        @Option(help: "Unlabelled images of a step, each in two views.")
        var unlabelled = 128

        func validate() throws {
            try NetworkBenchOptions.check("labelled", labelled)
            try NetworkBenchOptions.check("unlabelled", unlabelled)
        }

        func run() throws {
            try options.run(
                "step", sizes: ["--labelled", "\(labelled)", "--unlabelled", "\(unlabelled)"],
                title: "\(labelled) labelled and \(unlabelled) unlabelled images a step"
            ) { model, backend in
                try StepBenchmark(
                    model: model, labelled: labelled, unlabelled: unlabelled,
                    precision: options.precision,
                    on: backend)
            }
        }
    }
}
