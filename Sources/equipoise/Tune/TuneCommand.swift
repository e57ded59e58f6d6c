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
            choices from then on, and keeps them in its run folder. A device that was never tuned uses the program's
            defaults; nothing is timed while training.

            --general writes such defaults: choices for any batch size, of them only those that won each time and
            clearly, for a file that others will use.

            Example: equipoise tune cifar10-lt/n1500-g100/daso --device opencl:0
            """)

    @Argument(help: "Recipes' names (see `equipoise recipes`) or files.")
    var recipes = [RecipeLibrary.defaultName]

    @OptionGroup var deviceOption: DeviceOption

    @Option(name: .customLong("set"), help: "key=value in place of the recipe's; may be repeated.")
    var overrides: [String] = []

    @Option(help: "Only problems whose name, operation included, contains this text.")
    var only: String?

    @Option(help: "Where to write the choices. [default: a file of the cache folder]")
    var output: String?

    @Option(help: "How often each candidate is timed.")
    var rounds = 5

    @Flag(help: "Choose for all batch sizes, and only what is clearly better than the list's first; needs --output.")
    var general = false

    @Flag(help: "Print the choices as JSON, progress on standard error.")
    var json = false

    func validate() throws {
        guard (1...1000).contains(rounds) else {
            throw ValidationError("--rounds must be from 1 to 1000, not \(rounds)")
        }
        guard !general || output != nil else { throw ValidationError("--general needs --output, the file to write") }
    }

    func run() throws {
        let recipes = try self.recipes.map { try RecipeLibrary.recipe($0, overrides: overrides) }
        let backend = try openCLBackend()
        guard let path = output ?? Tuning.cachePath(for: backend.hardware) else {
            throw CommandError("there is no cache folder; set EQUIPOISE_CACHE, or name a file with --output")
        }
        let progress = ProgressPrinter(to: json ? .standardError : .standardOutput)
        progress.line("device: \(backend.device.identifier) \(backend.device.name)")
        for recipe in recipes { try Rehearsal.perform(recipe, on: backend) }
        let problems = backend.tunableProblems.filter { problem in only.map(problem.name.contains) ?? true }
        progress.line(
            "\(problems.count) problems of \(recipes.map(\.name).joined(separator: ", ")) have several kernels")

        let tuner = Tuner(rounds: rounds, on: backend)
        var tuning = Tuning(for: backend.hardware)
        if general {
            var choices = GeneralChoices()
            for pass in 1...GeneralChoices.passes {
                try tuner.tune(problems) { problem, trial in
                    progress.line("\(pass) of \(GeneralChoices.passes), \(problem.name): \(trial)")
                    choices.add(trial.milliseconds, of: problem)
                }
            }
            choices.clear.forEach { tuning.choose($0) }
            try tuning.write(to: path)
        } else {
            tuning = Tuner.startingPoint(path, for: backend.hardware)
            try tuner.tune(problems) { problem, trial in
                progress.line("\(problem.name): \(trial)")
                guard let choice = trial.choice(for: problem) else { return }
                tuning.choose(choice)
                // After each, so that a tuning that is interrupted is not lost.
                try tuning.write(to: path)
            }
            try tuner.tuneCLBlast(problems) { problem, trial in
                progress.line("\(problem.name): \(trial)")
                tuning.addTimes(trial.milliseconds, of: problem)
            }
            tuning.settleCLBlast()
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
