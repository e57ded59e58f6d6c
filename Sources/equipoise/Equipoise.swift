import ArgumentParser

@main
struct Equipoise: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "equipoise",
        abstract: "Trains image classifiers from few labels, many unlabelled images and skewed classes.",
        discussion: """
            Runs on any OpenCL device, and on the CPU where there is none.

            Example: equipoise train fashion-mnist-lt/daso
            """,
        subcommands: [
            TrainCommand.self, EvaluateCommand.self, RecipesCommand.self, DataCommand.self, DevicesCommand.self,
            ParityCommand.self, BenchCommand.self, TuneCommand.self,
        ])
}
