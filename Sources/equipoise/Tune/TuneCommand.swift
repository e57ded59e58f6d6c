import ArgumentParser
import OpenCLBackend
import Training

struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Finds the fastest kernels for a recipe on an OpenCL device.",
        discussion: """
            Takes every problem of the recipe's training step and evaluation, checks each candidate against the CPU
            backend, times those that are right, and keeps the fastest in the user's cache folder. Training uses these
            choices from then on, and keeps them in its run folder. A device that was never tuned uses the standard
            order; nothing is timed while training.

            Example: equipoise tune cifar10-lt/daso --device opencl:0
            """)

    @Argument(help: "A recipe's name (see `equipoise recipes`) or file.")
    var recipe = RecipeLibrary.defaultName

    @OptionGroup var deviceOption: DeviceOption

    @Option(name: .customLong("set"), help: "key=value in place of the recipe's; may be repeated.")
    var overrides: [String] = []

    @Option(help: "Only problems whose name, operation included, contains this text.")
    var only: String?

    @Option(help: "Where to write the choices. [default: a file of the cache folder]")
    var output: String?

    @Option(help: "How often each candidate is timed.")
    var rounds = 5

    @Flag(help: "Print the choices as JSON, progress on standard error.")
    var json = false

    func validate() throws {
        guard (1...1000).contains(rounds) else {
            throw ValidationError("--rounds must be from 1 to 1000, not \(rounds)")
        }
    }

    func run() throws {
        let recipe = try RecipeLibrary.recipe(self.recipe, overrides: overrides)
        let backend = try openCLBackend()
        guard let path = output ?? Tuning.cachePath(for: backend.hardware) else {
            throw CommandError("there is no cache folder; set EQUIPOISE_CACHE, or name a file with --output")
        }
        let progress = ProgressPrinter(to: json ? .standardError : .standardOutput)
        progress.line("device: \(backend.device.identifier) \(backend.device.name)")
        try Rehearsal.perform(recipe, on: backend)
        let problems = backend.tunableProblems.filter { problem in only.map(problem.name.contains) ?? true }
        progress.line("\(problems.count) problems of \(recipe.name) have several kernels")

        var tuning = Tuner.startingPoint(path, for: backend.hardware)
        try Tuner(rounds: rounds, on: backend).tune(problems) { problem, trial in
            progress.line("\(problem.name): \(trial)")
            guard let choice = trial.choice(for: problem) else { return }
            tuning.choose(choice)
            // After each, so that a tuning that is interrupted is not lost.
            try tuning.write(to: path)
        }
        progress.line("choices: \(path)")
        if json { print(tuning.json) }
    }

    private func openCLBackend() throws -> OpenCLBackend {
        let request = deviceOption.device == .automatic ? .openCL : deviceOption.device
        guard let backend = try request.backend().backend as? OpenCLBackend else {
            throw CommandError("the CPU backend has nothing to choose from; name an OpenCL device with --device")
        }
        return backend
    }
}
